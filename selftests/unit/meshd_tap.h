/* SPDX-License-Identifier: GPL-2.0 */
/* Test lines for meshd's unit tests. */
#ifndef MESHD_TAP_H
#define MESHD_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static int tap_n, tap_failed;

#define ok(cond, ...) tap_line((cond), __FILE__, __LINE__, __VA_ARGS__)
/* Says what was seen where it is not what was wanted. */
#define is(saw, want, ...) do {						\
	long long saw_ = (saw), want_ = (want);				\
	if (saw_ != want_)						\
		printf("# saw %lld, not %lld\n", saw_, want_);		\
	tap_line(saw_ == want_, __FILE__, __LINE__, __VA_ARGS__);	\
} while (0)

static inline void __attribute__((format(printf, 4, 5)))
tap_line(bool good, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %d - ", good ? "" : "not ", ++tap_n);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	if (good)
		return;
	printf("# at %s:%d\n", file, line);
	tap_failed++;
}

static inline int tap_end(void)
{
	printf("1..%d\n", tap_n);
	return !!tap_failed;
}

#endif
