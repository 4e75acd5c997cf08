// SPDX-License-Identifier: GPL-2.0
/* When a service is up, and what a description of one may say. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "duration.h"
#include "mem.h"
#include "meshd_tap.h"
#include "vip_spec.h"

/* @results: '+' and '-'; @turns: '|' where the state is to turn. */
static void health(unsigned int rise, unsigned int fall, const char *results,
		   const char *turns)
{
	struct health h = { .rise = rise, .fall = fall };
	char saw[32] = "";
	bool up = false;

	for (size_t i = 0; results[i]; i++) {
		bool turned = health_result(&h, results[i] == '+');

		saw[i] = turned ? '|' : ' ';
		up ^= turned;
		if (up != h.up)
			saw[i] = '?';
	}
	if (strcmp(saw, turns))
		printf("# %s\n# %s saw\n", results, saw);
	ok(!strcmp(saw, turns), "rise %u fall %u: %s", rise, fall, results);
}

static void test_health(void)
{
	health(1, 1, "+-+-", "||||");
	health(2, 3, "+++---++", " |   | |");
	health(2, 3, "+-+-+-++", "       |");
	health(2, 3, "++--+--+---", " |        |");
	health(3, 1, "--+++-", "    ||");
}

static void test_duration(void)
{
	static const struct {
		const char *text;
		long ms;
	} rows[] = {
		{ "200ms", 200 }, { "1s", 1000 }, { "2m", 120000 }, { "0", 0 },
		{ "0s", 0 }, { "1440m", 86400000 }, { "1441m", -1 }, { "", -1 },
		{ "5", -1 }, { "s", -1 }, { "-1s", -1 }, { "1.5s", -1 },
		{ "1 s", -1 }, { "99999999999999999999ms", -1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		unsigned int ms;
		int ret = duration_parse(rows[i].text, &ms);

		is(ret ? -1 : (long)ms, rows[i].ms, "time \"%s\"", rows[i].text);
	}
}

static const unsigned int zero, two = 2;

#define TCP .tcp = "127.0.0.1:80"
#define AT .address = "192.0.2.10/32"

static void test_spec(void)
{
	static const struct {
		struct vip_spec spec;
		const char *said;	/* NULL: right */
	} rows[] = {
		{ { AT, TCP }, NULL },
		{ { .address = "192.0.2.10", TCP, .rise = &two }, NULL },
		{ { .address = "2001:db8::10/128", .tcp = "[::1]:80" }, NULL },
		{ { AT, .http = "http://127.0.0.1:8080/x", .status = 204 }, NULL },
		{ { AT, .command = "true" }, NULL },
		{ { AT, TCP, .interval = "20ms", .timeout = "1m" }, NULL },
		{ { TCP }, "no address" },
		{ { .address = "nonsense", TCP }, "right would be" },
		{ { .address = "192.0.2.0/24", TCP }, "prefix length 32, not 24" },
		{ { .address = "192.0.2.10/33", TCP }, "too long" },
		{ { .address = "127.0.0.1", TCP }, "global unicast" },
		{ { .address = "224.0.0.1", TCP }, "global unicast" },
		{ { .address = "0.0.0.0", TCP }, "global unicast" },
		{ { .address = "fe80::1", TCP }, "global unicast" },
		{ { .address = "ff02::1", TCP }, "global unicast" },
		{ { AT }, "no check" },
		{ { AT, TCP, .command = "true" }, "more than one check" },
		{ { AT, .tcp = "localhost:80" }, "ADDRESS:PORT" },
		{ { AT, .tcp = "127.0.0.1" }, "ADDRESS:PORT" },
		{ { AT, .tcp = "127.0.0.1:0" }, "ADDRESS:PORT" },
		{ { AT, .tcp = "127.0.0.1:65536" }, "ADDRESS:PORT" },
		{ { AT, .http = "ftp://x/" }, "URL" },
		{ { AT, .http = "http://" }, "URL" },
		{ { AT, .command = "" }, "empty" },
		{ { AT, TCP, .status = 200 }, "http checks only" },
		{ { AT, .http = "http://x/", .status = 99 }, "100 to 599" },
		{ { AT, TCP, .interval = "0" }, "interval 0ms is out of range" },
		{ { AT, TCP, .interval = "soon" }, "is no time" },
		{ { AT, TCP, .timeout = "2m" }, "timeout 120000ms is out" },
		{ { AT, TCP, .timeout = "0" }, "timeout 0ms is out" },
		{ { AT, TCP, .drain = "2m" }, "drain" },
		{ { AT, TCP, .rise = &zero }, "rise 0 is out" },
		{ { AT, TCP, .fall = &zero }, "fall 0 is out" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char error[VIP_ERROR_LEN] = "";
		struct vip_cfg cfg;
		int ret = vip_spec_read(&rows[i].spec, &cfg, error);
		bool good = rows[i].said ? ret && strstr(error, rows[i].said) :
			    !ret;

		if (!good)
			printf("# said: %s\n", error);
		ok(good, "anycast address %zu: %s", i,
		   rows[i].said ? rows[i].said : "right");
		if (!ret)
			free(cfg.check.target);
	}
}

int main(void)
{
	test_health();
	test_duration();
	test_spec();
	return tap_end();
}
