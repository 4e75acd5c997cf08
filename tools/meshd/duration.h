/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MESHD_DURATION_H
#define MESHD_DURATION_H

/* "200ms", "3s", "2m" or "0" as ms: 0, or -1 where it is none or over a day. */
int duration_parse(const char *text, unsigned int *ms);

#endif
