// SPDX-License-Identifier: GPL-2.0
/*
 * meshd: feeds the mesh devices of its network namespace from zebra, and
 * announces anycast addresses while their services are healthy.
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "control.h"
#include "link.h"
#include "log.h"
#include "mem.h"
#include "module.h"
#include "nhs.h"

#define CONFIG_PATH "/etc/mesh/meshd.yaml"

struct daemon {
	uv_loop_t loop;
	struct config config;
	struct control *control;
	struct announce *announce;
	struct module *module;
	struct rib *rib;
	struct link_watch *links;
	struct feed *feed;
	struct vips *vips;
	struct nhs_names *nhs;
	uv_check_t flush;
	uv_idle_t more;
	uv_signal_t signals[2];
	bool ending;
};

struct options {
	const char *config;
	bool config_given;
	bool check;
	bool verbose;
};

static void usage(FILE *to)
{
	fputs("Usage: meshd [--config FILE] [--check] [--verbose]\n"
	      "  -c, --config FILE  read FILE, not " CONFIG_PATH "\n"
	      "  -t, --check        read the configuration, say what is wrong, end\n"
	      "  -v, --verbose      log what is done, not only what happens\n"
	      "  -h, --help         this\n", to);
}

/* 0 to go on; otherwise the exit status plus one. */
static int options_read(int argc, char **argv, struct options *o)
{
	static const struct option known[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check", no_argument, NULL, 't' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:tvh", known, NULL)) != -1) {
		switch (c) {
		case 'c':
			o->config = optarg;
			o->config_given = true;
			break;
		case 't':
			o->check = true;
			break;
		case 'v':
			o->verbose = true;
			break;
		case 'h':
			usage(stdout);
			return 1;
		default:
			usage(stderr);
			return 2;
		}
	}
	if (optind == argc)
		return 0;
	fprintf(stderr, "meshd: \"%s\" is no option\n", argv[optind]);
	usage(stderr);
	return 2;
}

static void on_more(uv_idle_t *idle)
{
	(void)idle;
}

/* After all that came in this turn of the loop; the idle handle asks for another. */
static void on_flush(uv_check_t *check)
{
	struct daemon *d = check->data;

	if (rib_dirty(d->rib))
		rib_flush(d->rib);
	if (rib_dirty(d->rib))
		uv_idle_start(&d->more, on_more);
	else
		uv_idle_stop(&d->more);
}

static void link_add(void *arg, uint32_t ifindex, const char *name)
{
	struct daemon *d = arg;

	module_dev_add(d->module, ifindex, name);
	if (d->nhs)
		nhs_names_device(d->nhs);
}

static void link_del(void *arg, uint32_t ifindex)
{
	struct daemon *d = arg;

	module_dev_del(d->module, ifindex);
}

static void before_frames(void *arg)
{
	struct daemon *d = arg;

	link_watch_drain(d->links);
}

static json_t *status(void *arg)
{
	struct daemon *d = arg;
	struct rib_stats r;
	struct feed_stats f;

	rib_stats(d->rib, &r);
	feed_stats(d->feed, &f);
	return json_pack("{s:i, s:{s:b, s:b, s:I, s:I, s:I, s:I}, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
			 "pid", getpid(),
			 "feed",
			 "connected", f.connected,
			 "stale", f.stale,
			 "connections", (json_int_t)f.connections,
			 "frames", (json_int_t)f.frames,
			 "octets", (json_int_t)f.octets,
			 "bad-frames", (json_int_t)f.bad_frames,
			 "generation", (json_int_t)r.generation,
			 "routes", (json_int_t)r.routes,
			 "installed", (json_int_t)r.installed,
			 "pending", (json_int_t)r.pending,
			 "refused", (json_int_t)r.refused,
			 "ignored", (json_int_t)r.ignored,
			 "groups", (json_int_t)r.groups,
			 "nexthops", (json_int_t)r.nexthops,
			 "stale-routes", (json_int_t)r.stale,
			 "messages", (json_int_t)r.messages,
			 "foreign", (json_int_t)r.foreign);
}

static void on_withdrawn(void *arg)
{
	struct daemon *d = arg;

	announce_free(d->announce);
	d->announce = NULL;
	nhs_names_close(d->nhs);
	feed_close(d->feed);
	link_watch_close(d->links);
	module_close(d->module);
	control_close(d->control);
	uv_close((uv_handle_t *)&d->flush, NULL);
	uv_close((uv_handle_t *)&d->more, NULL);
	for (int i = 0; i < 2; i++)
		uv_close((uv_handle_t *)&d->signals[i], NULL);
}

static void on_signal(uv_signal_t *handle, int sig)
{
	struct daemon *d = handle->data;

	if (d->ending)
		return;
	d->ending = true;
	log_info("ending on signal %d: addresses are withdrawn, routes stay", sig);
	vips_shutdown(d->vips, on_withdrawn, d);
}

static void handles_init(struct daemon *d)
{
	static const int signals[2] = { SIGTERM, SIGINT };

	uv_check_init(&d->loop, &d->flush);
	d->flush.data = d;
	uv_check_start(&d->flush, on_flush);
	uv_idle_init(&d->loop, &d->more);
	for (int i = 0; i < 2; i++) {
		uv_signal_init(&d->loop, &d->signals[i]);
		d->signals[i].data = d;
		uv_signal_start(&d->signals[i], on_signal, signals[i]);
	}
}

static int daemon_start(struct daemon *d)
{
	static const struct control_ops control_ops = { .status = status };
	static const struct link_ops link_ops = {
		.add = link_add,
		.del = link_del,
	};
	struct config *c = &d->config;
	struct rib_opts opts = {
		.sink = module_sink(),
		.tables = c->tables,
		.n_tables = c->n_tables,
		.max_routes = c->max_routes,
	};
	char error[VIP_ERROR_LEN];

	uv_loop_init(&d->loop);
	/* First: what follows would disturb a meshd that is here already. */
	d->control = control_new(&d->loop, &control_ops, d);
	if (!d->control)
		return -1;
	d->announce = announce_new();
	d->module = module_new(&d->loop, c->owner);
	if (!d->announce || !d->module)
		return -1;
	opts.ctx = d->module;
	d->rib = rib_new(&opts);
	module_rib(d->module, d->rib);
	d->links = link_watch_new(&d->loop, &link_ops, d);
	if (!d->links)
		return -1;
	d->feed = feed_new(&d->loop, &c->feed, d->rib, before_frames, d);
	if (!d->feed)
		return -1;
	d->nhs = nhs_names_new(&d->loop, c->nhs, c->n_nhs);
	if (!d->nhs)
		return -1;
	d->vips = vips_new(&d->loop, d->announce);
	handles_init(d);
	for (size_t i = 0; i < c->n_vips; i++) {
		if (vip_add(d->vips, &c->vips[i], error)) {
			log_error("%s", error);
			return -1;
		}
	}
	return control_listen(d->control, d->vips);
}

int main(int argc, char **argv)
{
	struct options options = { .config = CONFIG_PATH };
	struct daemon *d;
	int ret = options_read(argc, argv, &options);

	if (ret)
		return ret - 1;
	log_setup(options.verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO,
		  getenv("JOURNAL_STREAM"));
	signal(SIGPIPE, SIG_IGN);
	d = xcalloc(1, sizeof(*d));
	if (config_read(&d->config, options.config, !options.config_given))
		return 1;
	if (options.check) {
		printf("%s is right\n", options.config);
		return 0;
	}
	if (daemon_start(d)) {
		announce_free(d->announce);
		return 1;
	}
	log_info("ready");
	uv_run(&d->loop, UV_RUN_DEFAULT);
	vips_free(d->vips);
	rib_free(d->rib);
	config_free(&d->config);
	uv_loop_close(&d->loop);
	free(d);
	return 0;
}
