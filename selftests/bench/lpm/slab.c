// SPDX-License-Identifier: GPL-2.0
/*
 * Memory as the kernel's slabs give it: objects of a few sizes side by side and
 * without a head, so that what the table takes, and what of it shares a cache line,
 * is what it is there.  One thread allocates and frees.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <linux/kernel.h>

#include "host/host.h"
#include "slab.h"

#define SLAB 65536	/* and its alignment */
#define HEAD 64
#define LARGEST 8192

struct slab {
	size_t size;	/* of an object; of the whole for a large one */
	size_t mapped;	/* of a large one */
};

static const size_t class_size[] = {
	8, 16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096, LARGEST,
};

#define CLASSES ARRAY_SIZE(class_size)

struct object {
	struct object *next;
};

static struct object *unused[CLASSES];
static char *fresh[CLASSES];
static size_t live_bytes;

static unsigned int class_of(size_t size)
{
	unsigned int class = 0;

	while (class_size[class] < size)
		class++;
	return class;
}

static struct slab *map(size_t size)
{
	char *p = mmap(NULL, size + SLAB, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t head;

	if (p == MAP_FAILED)
		abort();
	head = -(size_t)p % SLAB;
	if (head)
		munmap(p, head);
	munmap(p + head + size, SLAB - head);
	return (struct slab *)(p + head);
}

static void *large(size_t size)
{
	size_t mapped = (size + 4096 + 4095) / 4096 * 4096;
	struct slab *s = map(mapped);

	s->size = mapped - 4096;
	s->mapped = mapped;
	live_bytes += s->size;
	return (char *)s + 4096;
}

/* The first object lies on a multiple of its size, as far as that is a power of 2. */
static char *slab_first(unsigned int class)
{
	size_t size = class_size[class];

	return (char *)map(SLAB) + (size > HEAD ? size : HEAD);
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
	if (!fresh[class] || (size_t)fresh[class] % SLAB + class_size[class] > SLAB ||
	    !((size_t)fresh[class] % SLAB)) {
		fresh[class] = slab_first(class);
		((struct slab *)((size_t)fresh[class] & -(size_t)SLAB))->size = class_size[class];
	}
	o = (struct object *)fresh[class];
	fresh[class] += class_size[class];
	return o;
}

void host_free(void *p)
{
	struct slab *s = (struct slab *)((size_t)p & -(size_t)SLAB);
	struct object *o = p;
	unsigned int class;

	if (!p)
		return;
	live_bytes -= s->size;
	if (s->mapped) {
		munmap(s, s->mapped);
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
