// SPDX-License-Identifier: GPL-2.0
#include "log.h"

#include <stdarg.h>
#include <stdio.h>

static enum log_level log_max = LOG_LEVEL_INFO;
static bool log_journal;

void log_setup(enum log_level level, bool journal)
{
	log_max = level;
	log_journal = journal;
}

void log_line(enum log_level level, const char *fmt, ...)
{
	static const int priority[] = { 3, 6, 7 };
	char line[1024];
	va_list ap;

	if (level > log_max)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (log_journal)
		fprintf(stderr, "<%d>%s\n", priority[level], line);
	else
		fprintf(stderr, "meshd: %s\n", line);
}
