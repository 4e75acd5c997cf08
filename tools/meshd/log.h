/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MESHD_LOG_H
#define MESHD_LOG_H

#include <stdbool.h>

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
};

/* Lines above @level are not written; @journal puts <N> priorities before. */
void log_setup(enum log_level level, bool journal);
void log_line(enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#define log_error(...)	log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_info(...)	log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)	log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
