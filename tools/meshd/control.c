// SPDX-License-Identifier: GPL-2.0
#include "control.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "list.h"
#include "log.h"

#define CLIENTS_MAX 64

struct control {
	uv_pipe_t server;
	struct list clients;
	unsigned int n_clients;
	bool listening;
	bool closed;
	int fd;
	const struct control_ops *ops;
	void *arg;
	struct vips *vips;
};

struct client {
	struct list all;
	uv_pipe_t pipe;
	struct control *control;
	bool admin;
	size_t len;
	char line[CONTROL_LINE_MAX];
};

struct reply {
	uv_write_t req;
	char *text;
};

static socklen_t control_addr(struct sockaddr_un *sa)
{
	memset(sa, 0, sizeof(*sa));
	sa->sun_family = AF_UNIX;
	memcpy(sa->sun_path + 1, CONTROL_NAME, strlen(CONTROL_NAME));
	return offsetof(struct sockaddr_un, sun_path) + 1 + strlen(CONTROL_NAME);
}

static bool peer_cred(int fd, struct ucred *cred)
{
	socklen_t len = sizeof(*cred);

	return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, cred, &len);
}

static void complain_taken(const struct sockaddr_un *sa, socklen_t len)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct ucred cred = { 0 };

	if (fd >= 0 && !connect(fd, (const struct sockaddr *)sa, len))
		peer_cred(fd, &cred);
	if (fd >= 0)
		close(fd);
	if (cred.pid)
		log_error("another meshd (pid %d) serves this network namespace; there can be one in each",
			  cred.pid);
	else
		log_error("another meshd serves this network namespace; there can be one in each");
}

struct control *control_new(uv_loop_t *loop, const struct control_ops *ops,
			    void *arg)
{
	struct control *c = xcalloc(1, sizeof(*c));
	struct sockaddr_un sa;
	socklen_t len = control_addr(&sa);

	c->ops = ops;
	c->arg = arg;
	list_init(&c->clients);
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || bind(c->fd, (struct sockaddr *)&sa, len) ||
	    listen(c->fd, 16)) {
		if (errno == EADDRINUSE)
			complain_taken(&sa, len);
		else
			log_error("cannot make the control socket: %s",
				  strerror(errno));
		if (c->fd >= 0)
			close(c->fd);
		free(c);
		return NULL;
	}
	uv_pipe_init(loop, &c->server, 0);
	c->server.data = c;
	return c;
}

/* The loop closes handles in any order: the last one frees. */
static void control_put(struct control *c)
{
	if (c->closed && !c->n_clients)
		free(c);
}

static void on_client_closed(uv_handle_t *handle)
{
	struct client *client = handle->data;
	struct control *c = client->control;

	list_del(&client->all);
	free(client);
	c->n_clients--;
	control_put(c);
}

static void client_close(struct client *client)
{
	if (!uv_is_closing((uv_handle_t *)&client->pipe))
		uv_close((uv_handle_t *)&client->pipe, on_client_closed);
}

static void on_written(uv_write_t *req, int status)
{
	struct reply *reply = entry_of(req, struct reply, req);

	(void)status;
	free(reply->text);
	free(reply);
}

static void client_reply(struct client *client, json_t *answer)
{
	struct reply *reply = xcalloc(1, sizeof(*reply));
	uv_buf_t buf;
	size_t len;

	reply->text = json_dumps(answer, JSON_COMPACT);
	json_decref(answer);
	len = reply->text ? strlen(reply->text) : 0;
	reply->text = xrealloc(reply->text, len + 1, 1);
	reply->text[len] = '\n';
	buf = uv_buf_init(reply->text, len + 1);
	if (uv_write(&reply->req, (uv_stream_t *)&client->pipe, &buf, 1,
		     on_written))
		on_written(&reply->req, 0);
}

static json_t *failure(int error, const char *text)
{
	return json_pack("{s:b, s:i, s:s}", "ok", 0, "errno", -error,
			 "error", text);
}

static json_t *success(const char *name, json_t *value)
{
	json_t *o = json_pack("{s:b}", "ok", 1);

	if (name)
		json_object_set_new(o, name, value);
	return o;
}

/* A count that is given must be one; what is left out stays NULL. */
static int get_count(const json_t *o, const char *name, unsigned int *value,
		     const unsigned int **given, char *error)
{
	const json_t *v = json_object_get(o, name);

	if (!v)
		return 0;
	if (!json_is_integer(v) || json_integer_value(v) < 0 ||
	    json_integer_value(v) > 1000000) {
		snprintf(error, VIP_ERROR_LEN, "%s is no count", name);
		return -EINVAL;
	}
	*value = json_integer_value(v);
	if (given)
		*given = value;
	return 0;
}

static int get_strings(const json_t *o, struct vip_spec *spec, char *error)
{
	const struct {
		const char *name;
		const char **value;
	} strings[] = {
		{ "address", &spec->address }, { "tcp", &spec->tcp },
		{ "http", &spec->http }, { "command", &spec->command },
		{ "interval", &spec->interval }, { "timeout", &spec->timeout },
		{ "drain", &spec->drain },
	};

	for (size_t i = 0; i < ARRAY_SIZE(strings); i++) {
		const json_t *v = json_object_get(o, strings[i].name);

		if (v && !json_is_string(v)) {
			snprintf(error, VIP_ERROR_LEN, "%s is no string",
				 strings[i].name);
			return -EINVAL;
		}
		*strings[i].value = json_string_value(v);
	}
	return 0;
}

static json_t *op_vip_add(struct client *client, const json_t *request)
{
	struct vip_spec spec = { 0 };
	unsigned int rise, fall;
	char error[VIP_ERROR_LEN];
	int ret = get_strings(request, &spec, error);

	if (!ret)
		ret = get_count(request, "status", &spec.status, NULL, error);
	if (!ret)
		ret = get_count(request, "rise", &rise, &spec.rise, error);
	if (!ret)
		ret = get_count(request, "fall", &fall, &spec.fall, error);
	if (!ret)
		ret = vip_add(client->control->vips, &spec, error);
	return ret ? failure(ret, error) : success(NULL, NULL);
}

static json_t *op_vip_del(struct client *client, const json_t *request)
{
	const char *address = json_string_value(json_object_get(request,
								"address"));
	char error[VIP_ERROR_LEN];
	int ret = vip_del(client->control->vips, address, error);

	return ret ? failure(ret, error) : success(NULL, NULL);
}

static json_t *op_vip_show(struct client *client, const json_t *request)
{
	(void)request;
	return success("vips", vips_show(client->control->vips));
}

static json_t *op_status(struct client *client, const json_t *request)
{
	struct control *c = client->control;

	(void)request;
	return success("status", c->ops->status(c->arg));
}

static const struct {
	const char *name;
	json_t *(*run)(struct client *client, const json_t *request);
	bool admin;
} ops[] = {
	{ "status", op_status, false },
	{ "vip-show", op_vip_show, false },
	{ "vip-add", op_vip_add, true },
	{ "vip-del", op_vip_del, true },
};

static json_t *request_run(struct client *client, const char *line)
{
	json_error_t error;
	json_t *answer = NULL, *request = json_loads(line, 0, &error);
	const char *op = json_string_value(json_object_get(request, "op"));

	if (!request || !op) {
		json_decref(request);
		return failure(-EINVAL, request ? "request without an op" :
			       "request is no JSON object");
	}
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
		if (strcmp(ops[i].name, op))
			continue;
		if (ops[i].admin && !client->admin)
			answer = failure(-EPERM, "changes are for root");
		else
			answer = ops[i].run(client, request);
	}
	json_decref(request);
	return answer ? answer : failure(-EOPNOTSUPP, "unknown op; known are status, vip-show, vip-add, vip-del");
}

static void client_lines(struct client *client)
{
	char *end;

	while ((end = memchr(client->line, '\n', client->len))) {
		size_t used = end + 1 - client->line;

		*end = '\0';
		client_reply(client, request_run(client, client->line));
		client->len -= used;
		memmove(client->line, end + 1, client->len);
	}
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct client *client = stream->data;

	(void)buf;
	if (n < 0) {
		client_close(client);
		return;
	}
	client->len += n;
	client_lines(client);
	if (client->len == sizeof(client->line)) {
		client_reply(client, failure(-E2BIG, "request is too long"));
		uv_read_stop(stream);
		client_close(client);
	}
}

static void on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *buf)
{
	struct client *client = handle->data;

	(void)size;
	buf->base = client->line + client->len;
	buf->len = sizeof(client->line) - client->len;
}

static void on_connection(uv_stream_t *server, int status)
{
	struct control *c = server->data;
	struct client *client;
	struct ucred cred;
	uv_os_fd_t fd;

	if (status)
		return;
	client = xcalloc(1, sizeof(*client));
	client->control = c;
	uv_pipe_init(server->loop, &client->pipe, 0);
	client->pipe.data = client;
	list_add(&client->all, &c->clients);
	c->n_clients++;
	if (uv_accept(server, (uv_stream_t *)&client->pipe) ||
	    uv_fileno((uv_handle_t *)&client->pipe, &fd) ||
	    !peer_cred(fd, &cred) || c->n_clients > CLIENTS_MAX) {
		client_close(client);
		return;
	}
	client->admin = cred.uid == 0 || cred.uid == geteuid();
	uv_read_start((uv_stream_t *)&client->pipe, on_alloc, on_read);
}

int control_listen(struct control *c, struct vips *vips)
{
	int ret = uv_pipe_open(&c->server, c->fd);

	c->vips = vips;
	if (!ret) {
		c->listening = true;
		ret = uv_listen((uv_stream_t *)&c->server, 16, on_connection);
	}
	if (ret)
		log_error("cannot listen on the control socket: %s",
			  uv_strerror(ret));
	return ret;
}

static void on_closed(uv_handle_t *handle)
{
	struct control *c = handle->data;

	if (!c->listening)
		close(c->fd);
	c->closed = true;
	control_put(c);
}

void control_close(struct control *c)
{
	struct list *i, *n;

	if (!c)
		return;
	list_each(i, n, &c->clients)
		client_close(entry_of(i, struct client, all));
	uv_close((uv_handle_t *)&c->server, on_closed);
}
