/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MESH_HOST_BUILD_BUG_H
#define _MESH_HOST_BUILD_BUG_H

#include <assert.h>

#endif
