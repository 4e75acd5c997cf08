/* SPDX-License-Identifier: LGPL-2.1 */
#ifndef MESH_TAP_H
#define MESH_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_count;
static int tap_failed;

__attribute__((format(printf, 2, 3)))
static inline bool ok(bool good, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	printf("%sok %d - ", good ? "" : "not ", ++tap_count);
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
	tap_failed += !good;
	return good;
}

static inline void is_text(const char *saw, const char *expected, const char *what)
{
	if (!ok(saw && !strcmp(saw, expected), "%s", what))
		printf("# expected \"%s\"\n# saw      \"%s\"\n", expected, saw ? saw : "(null)");
}

static inline void is_number(long long saw, long long expected, const char *what)
{
	if (!ok(saw == expected, "%s", what))
		printf("# expected %lld\n# saw      %lld\n", expected, saw);
}

static inline int tap_end(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed != 0;
}

#endif
