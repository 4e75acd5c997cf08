// SPDX-License-Identifier: GPL-2.0
/*
 * Memory as the kernel's slabs give it: objects of a few sizes side by side and
 * without a head, large ones in pages of their own, all of it in one piece that is
 * reserved once.  So what the table takes, what of it shares a cache line, and how
 * the processor finds it is what it is there.  One thread allocates and frees.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <linux/kernel.h>

#include "host/host.h"
#include "huge.h"
#include "slab.h"

#define SLAB 65536
#define SLABS 65536
#define LARGEST 8192	/* that shares a slab with others */

static const size_t class_size[] = {
	8, 16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096, LARGEST,
};

#define CLASSES ARRAY_SIZE(class_size)

struct object {
	struct object *next;
};

/**
 * struct slab - objects of a class, or the first one of a large object
 * @size: of an object
 * @next: of the large ones that are free
 */
struct slab {
	size_t size;
	struct slab *next;
};

static struct slab slab[SLABS];
static size_t slabs;
static char *arena;
static struct object *unused[CLASSES];
static char *fresh[CLASSES];
static struct slab *unused_large;
static size_t live_bytes;

static struct slab *slab_of(const void *p)
{
	return &slab[((const char *)p - arena) / SLAB];
}

static char *slab_memory(const struct slab *s)
{
	return arena + (s - slab) * SLAB;
}

static size_t slabs_for(size_t size)
{
	return (size + SLAB - 1) / SLAB;
}

static struct slab *take_slabs(size_t size)
{
	struct slab *s = &slab[slabs];

	if (!arena)
		arena = huge_get((size_t)SLABS * SLAB);
	slabs += slabs_for(size);
	if (!arena || slabs > SLABS)
		abort();
	s->size = size;
	return s;
}

static struct slab *take_unused(size_t size)
{
	struct slab **at = &unused_large, *s;

	while ((s = *at) && slabs_for(s->size) != slabs_for(size))
		at = &s->next;
	if (!s)
		return NULL;
	*at = s->next;
	memset(slab_memory(s), 0, size);
	s->size = size;
	return s;
}

static void *large(size_t size)
{
	struct slab *s;

	size = (size + 4095) / 4096 * 4096;
	s = take_unused(size);
	if (!s)
		s = take_slabs(size);
	live_bytes += size;
	return slab_memory(s);
}

static unsigned int class_of(size_t size)
{
	unsigned int class = 0;

	while (class_size[class] < size)
		class++;
	return class;
}

void *host_alloc(size_t size)
{
	unsigned int class;
	struct object *o;

	if (size > LARGEST)
		return large(size);
	class = class_of(size);
	live_bytes += class_size[class];
	o = unused[class];
	if (o) {
		unused[class] = o->next;
		return memset(o, 0, class_size[class]);
	}
	if ((size_t)fresh[class] % SLAB + class_size[class] > SLAB ||
	    !((size_t)fresh[class] % SLAB))
		fresh[class] = slab_memory(take_slabs(class_size[class]));
	o = (struct object *)fresh[class];
	fresh[class] += class_size[class];
	return o;
}

void host_free(void *p)
{
	struct object *o = p;
	unsigned int class;
	struct slab *s;

	if (!p)
		return;
	s = slab_of(p);
	live_bytes -= s->size;
	if (s->size > LARGEST) {
		s->next = unused_large;
		unused_large = s;
		return;
	}
	class = class_of(s->size);
	o->next = unused[class];
	unused[class] = o;
}

size_t slab_bytes(void)
{
	return live_bytes;
}
