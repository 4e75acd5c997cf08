// SPDX-License-Identifier: GPL-2.0
#include "duration.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

#define DAY_MS (24ul * 60 * 60 * 1000)

int duration_parse(const char *text, unsigned int *ms)
{
	static const struct {
		const char *unit;
		unsigned long ms;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60 * 1000 } };
	unsigned long v;
	char *end;

	if (!isdigit((unsigned char)*text))
		return -1;
	errno = 0;
	v = strtoul(text, &end, 10);
	if (errno || v > DAY_MS)
		return -1;
	if (!v && !*end) {
		*ms = 0;
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(end, units[i].unit))
			continue;
		if (v * units[i].ms > DAY_MS)
			return -1;
		*ms = v * units[i].ms;
		return 0;
	}
	return -1;
}
