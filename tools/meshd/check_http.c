// SPDX-License-Identifier: GPL-2.0
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "check_int.h"
#include "mem.h"

/* All HTTP checks of the loop run in one curl multi handle. */
static struct {
	CURLM *multi;
	uv_timer_t timer;
} http;

/* A socket of curl's, watched for it. */
struct watch {
	uv_poll_t poll;
	curl_socket_t fd;
};

struct request {
	CURL *easy;
	char error[CURL_ERROR_SIZE];
};

static const char *http_bad(const char *target)
{
	const char *rest = !strncmp(target, "http://", 7) ? target + 7 :
			   !strncmp(target, "https://", 8) ? target + 8 : "";
	CURLU *url = curl_url();
	bool good;

	good = *rest && url && !curl_url_set(url, CURLUPART_URL, target, 0);
	curl_url_cleanup(url);
	return good ? NULL : "is no URL, as http://127.0.0.1/health";
}

static void status_result(struct check *check, unsigned int status)
{
	unsigned int want = check->cfg->status;

	if (want && status != want)
		check_result(check, "HTTP status %u, not %u", status, want);
	else if (!want && status / 100 != 2)
		check_result(check, "HTTP status %u, not 2xx", status);
	else
		check_result(check, NULL);
}

static void request_done(CURL *easy, CURLcode code)
{
	struct check *check = NULL;
	struct request *req;
	long status = 0;

	curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&check);
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	req = check->impl;
	if (code)
		check_result(check, "%s", *req->error ? req->error :
			     curl_easy_strerror(code));
	else
		status_result(check, status);
}

static void multi_messages(void)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(http.multi, &left)))
		if (msg->msg == CURLMSG_DONE)
			request_done(msg->easy_handle, msg->data.result);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct watch *watch = poll->data;
	int flags = 0, running;

	if (status)
		flags |= CURL_CSELECT_ERR;
	if (events & UV_READABLE)
		flags |= CURL_CSELECT_IN;
	if (events & UV_WRITABLE)
		flags |= CURL_CSELECT_OUT;
	curl_multi_socket_action(http.multi, watch->fd, flags, &running);
	multi_messages();
}

static void on_timer(uv_timer_t *timer)
{
	int running;

	(void)timer;
	curl_multi_socket_action(http.multi, CURL_SOCKET_TIMEOUT, 0, &running);
	multi_messages();
}

static int want_timer(CURLM *multi, long ms, void *arg)
{
	(void)multi;
	(void)arg;
	if (ms < 0)
		uv_timer_stop(&http.timer);
	else
		uv_timer_start(&http.timer, on_timer, ms, 0);
	return 0;
}

static void watch_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static int want_socket(CURL *easy, curl_socket_t fd, int what, void *arg,
		       void *data)
{
	struct watch *watch = data;
	int events = 0;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (watch)
			uv_close((uv_handle_t *)&watch->poll, watch_closed);
		return 0;
	}
	if (!watch) {
		watch = xcalloc(1, sizeof(*watch));
		watch->fd = fd;
		watch->poll.data = watch;
		uv_poll_init_socket(arg, &watch->poll, fd);
		curl_multi_assign(http.multi, fd, watch);
	}
	if (what & CURL_POLL_IN)
		events |= UV_READABLE;
	if (what & CURL_POLL_OUT)
		events |= UV_WRITABLE;
	uv_poll_start(&watch->poll, events, on_poll);
	return 0;
}

static bool multi_ready(uv_loop_t *loop)
{
	if (http.multi)
		return true;
	curl_global_init(CURL_GLOBAL_DEFAULT);
	http.multi = curl_multi_init();
	if (!http.multi)
		return false;
	uv_timer_init(loop, &http.timer);
	uv_unref((uv_handle_t *)&http.timer);
	curl_multi_setopt(http.multi, CURLMOPT_SOCKETFUNCTION, want_socket);
	curl_multi_setopt(http.multi, CURLMOPT_SOCKETDATA, loop);
	curl_multi_setopt(http.multi, CURLMOPT_TIMERFUNCTION, want_timer);
	return true;
}

static size_t ignore_body(char *data, size_t size, size_t n, void *arg)
{
	(void)data;
	(void)arg;
	return size * n;
}

static void http_stop(struct check *check)
{
	struct request *req = check->impl;

	curl_multi_remove_handle(http.multi, req->easy);
	curl_easy_cleanup(req->easy);
	free(req);
}

static const char *http_start(struct check *check)
{
	struct request *req;

	if (!multi_ready(check->loop))
		return "libcurl could not be set up";
	req = xcalloc(1, sizeof(*req));
	req->easy = curl_easy_init();
	if (!req->easy) {
		free(req);
		return "libcurl could not be set up";
	}
	check->impl = req;
	curl_easy_setopt(req->easy, CURLOPT_URL, check->cfg->target);
	curl_easy_setopt(req->easy, CURLOPT_PRIVATE, check);
	curl_easy_setopt(req->easy, CURLOPT_ERRORBUFFER, req->error);
	curl_easy_setopt(req->easy, CURLOPT_WRITEFUNCTION, ignore_body);
	curl_easy_setopt(req->easy, CURLOPT_NOSIGNAL, 1L);
	/* The service itself is asked, and anew each time. */
	curl_easy_setopt(req->easy, CURLOPT_PROXY, "");
	curl_easy_setopt(req->easy, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(req->easy, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(req->easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_multi_add_handle(http.multi, req->easy);
	return NULL;
}

const struct check_ops check_http_ops = {
	.bad = http_bad,
	.start = http_start,
	.stop = http_stop,
	.late = "no answer",
};
