// SPDX-License-Identifier: GPL-2.0
#include "feed_fpm.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "feed_cred.h"
#include "fpm_parse.h"
#include "log.h"
#include "mem.h"

/* More than one frame, so that a large one never waits for room. */
#define BUFFER_SIZE (4 * (FPM_FRAME_MAX + 1))
#define KEEPALIVE_S 10

struct feed {
	uv_tcp_t server;
	uv_timer_t hold;
	uv_timer_t settle;
	struct peer *peer;
	struct feed_cfg cfg;
	struct feed_stats stats;
	struct rib *rib;
	void (*before)(void *arg);
	void *arg;
	unsigned int handles;
	char where[64];
};

/* A connected zebra. */
struct peer {
	uv_tcp_t tcp;
	struct feed *feed;
	bool begun;
	size_t len;
	uint8_t buf[BUFFER_SIZE];
};

static void on_peer_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void peer_close(struct peer *peer)
{
	struct feed *feed = peer->feed;

	if (feed->peer == peer) {
		feed->peer = NULL;
		feed->stats.connected = false;
		uv_timer_stop(&feed->hold);
		uv_timer_stop(&feed->settle);
	}
	uv_close((uv_handle_t *)&peer->tcp, on_peer_closed);
}

static void on_sweep(uv_timer_t *timer)
{
	struct feed *feed = timer->data;

	uv_timer_stop(&feed->hold);
	uv_timer_stop(&feed->settle);
	feed->stats.stale = false;
	rib_sweep(feed->rib);
}

/* With the first good frame: who only connects changes nothing. */
static void feed_begin(struct peer *peer)
{
	struct feed *feed = peer->feed;

	if (peer->begun)
		return;
	peer->begun = true;
	feed->stats.stale = true;
	rib_begin(feed->rib);
	uv_timer_start(&feed->hold, on_sweep, feed->cfg.hold, 0);
	if (feed->cfg.settle)
		uv_timer_start(&feed->settle, on_sweep, feed->cfg.settle,
			       feed->cfg.settle);
}

static void on_msg(const struct fpm_msg *msg, void *arg)
{
	struct peer *peer = arg;

	feed_begin(peer);
	rib_message(peer->feed->rib, msg);
}

/* Takes the whole frames out of the buffer; -1 with @err for a bad one. */
static int peer_frames(struct peer *peer, struct fpm_error *err)
{
	struct feed *feed = peer->feed;
	size_t at = 0;

	for (;;) {
		int len = fpm_frame_len(peer->buf + at, peer->len - at, err);

		if (len < 0)
			return -1;
		if (!len || (size_t)len > peer->len - at)
			break;
		if (fpm_frame_parse(peer->buf + at, len, on_msg, peer, err))
			return -1;
		feed->stats.frames++;
		at += len;
	}
	peer->len -= at;
	memmove(peer->buf, peer->buf + at, peer->len);
	return 0;
}

static void peer_gone(struct peer *peer, ssize_t why)
{
	if (peer->len)
		log_error("zebra's connection ended in the middle of a frame: %zu octets of it are not applied",
			  peer->len);
	log_info("zebra is gone (%s): its routes stay until it is back",
		 why == UV_EOF ? "connection closed" : uv_strerror(why));
	peer_close(peer);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct peer *peer = stream->data;
	struct feed *feed = peer->feed;
	struct fpm_error err;

	(void)buf;
	if (n < 0) {
		peer_gone(peer, n);
		return;
	}
	peer->len += n;
	feed->stats.octets += n;
	feed->before(feed->arg);
	if (peer_frames(peer, &err)) {
		feed->stats.bad_frames++;
		log_error("bad frame from zebra at octet %zu: %s; it is not applied and the connection is dropped",
			  err.offset, err.text);
		peer_close(peer);
		return;
	}
	if (n && feed->stats.stale && feed->cfg.settle)
		uv_timer_again(&feed->settle);
}

static void on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *buf)
{
	struct peer *peer = handle->data;

	(void)size;
	buf->base = (char *)peer->buf + peer->len;
	buf->len = sizeof(peer->buf) - peer->len;
}

/*
 * FPM knows no authentication. From this machine only root, we and zebra's own
 * user may feed; who may from others, is for who lets us listen to them.
 */
static bool peer_trusted(const struct feed *feed, const struct peer *peer)
{
	const struct passwd *user;
	uid_t uid;
	int ret = feed_cred_uid(&peer->tcp, &uid);

	if (ret == -EREMOTE || (!ret && (!uid || uid == geteuid())))
		return true;
	user = ret ? NULL : getpwnam(feed->cfg.user);
	if (user && user->pw_uid == uid)
		return true;
	if (ret)
		log_error("a connection to %s is refused: it ended before it could be seen whose it is",
			  feed->where);
	else
		log_error("a connection to %s by uid %u is refused: neither root nor %s",
			  feed->where, uid, feed->cfg.user);
	return false;
}

static void on_connection(uv_stream_t *server, int status)
{
	struct feed *feed = server->data;
	struct peer *peer;

	if (status) {
		log_error("cannot take a connection on %s: %s", feed->where,
			  uv_strerror(status));
		return;
	}
	peer = xcalloc(1, sizeof(*peer));
	peer->feed = feed;
	uv_tcp_init(server->loop, &peer->tcp);
	peer->tcp.data = peer;
	if (uv_accept(server, (uv_stream_t *)&peer->tcp)) {
		peer_close(peer);
		return;
	}
	if (feed->peer) {
		log_error("a second connection to %s is refused: one zebra feeds already",
			  feed->where);
		peer_close(peer);
		return;
	}
	if (!peer_trusted(feed, peer)) {
		peer_close(peer);
		return;
	}
	uv_tcp_keepalive(&peer->tcp, 1, KEEPALIVE_S);
	feed->peer = peer;
	feed->stats.connected = true;
	feed->stats.connections++;
	log_info("zebra is connected to %s", feed->where);
	uv_read_start((uv_stream_t *)&peer->tcp, on_alloc, on_read);
}

static int feed_listen(struct feed *feed)
{
	struct sockaddr_storage addr;
	const struct feed_cfg *cfg = &feed->cfg;
	unsigned int flags = 0;
	int ret = uv_ip4_addr(cfg->listen, cfg->port,
			      (struct sockaddr_in *)&addr);

	if (ret) {
		ret = uv_ip6_addr(cfg->listen, cfg->port,
				  (struct sockaddr_in6 *)&addr);
		flags = UV_TCP_IPV6ONLY;
	}
	if (!ret)
		ret = uv_tcp_bind(&feed->server, (struct sockaddr *)&addr,
				  flags);
	if (!ret)
		ret = uv_listen((uv_stream_t *)&feed->server, 4, on_connection);
	return ret;
}

static void on_closed(uv_handle_t *handle)
{
	struct feed *feed = handle->data;

	if (!--feed->handles)
		free(feed);
}

void feed_close(struct feed *feed)
{
	if (!feed)
		return;
	if (feed->peer)
		peer_close(feed->peer);
	uv_close((uv_handle_t *)&feed->server, on_closed);
	uv_close((uv_handle_t *)&feed->hold, on_closed);
	uv_close((uv_handle_t *)&feed->settle, on_closed);
}

struct feed *feed_new(uv_loop_t *loop, const struct feed_cfg *cfg,
		      struct rib *rib, void (*before)(void *arg), void *arg)
{
	struct feed *feed = xcalloc(1, sizeof(*feed));
	int ret;

	feed->cfg = *cfg;
	feed->rib = rib;
	feed->before = before;
	feed->arg = arg;
	feed->handles = 3;
	snprintf(feed->where, sizeof(feed->where), "%s port %u", cfg->listen,
		 cfg->port);
	uv_tcp_init(loop, &feed->server);
	uv_timer_init(loop, &feed->hold);
	uv_timer_init(loop, &feed->settle);
	feed->server.data = feed;
	feed->hold.data = feed;
	feed->settle.data = feed;
	ret = feed_listen(feed);
	if (!ret)
		return feed;
	log_error("cannot listen on %s: %s%s", feed->where, uv_strerror(ret),
		  ret == UV_EADDRINUSE ?
		  "; another FPM server has it, choose another one by feed: port" :
		  ret == UV_EADDRNOTAVAIL ?
		  "; is the loopback device of this namespace up?" : "");
	feed_close(feed);
	return NULL;
}

void feed_stats(const struct feed *feed, struct feed_stats *stats)
{
	*stats = feed->stats;
}
