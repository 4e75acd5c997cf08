# SPDX-License-Identifier: GPL-2.0
#
# A bench in user space: the sources of its folder, the kernel's tables, and what benches
# share: above all memory in which a byte is a byte.
#
# PROGRAM: its name; SHARED: of this folder; TABLES: of the kernel's, a pattern;
# PROGRAM_CFLAGS, PROGRAM_LIBS: what it needs beside

TOP := $(abspath ../../..)
OUT ?= $(TOP)/build/bench/$(notdir $(CURDIR)).o
BENCH_CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Wno-missing-field-initializers -Werror -MMD -MP \
	-I.. $(PROGRAM_CFLAGS)
KERNEL_CFLAGS := -Wno-unused-parameter -Wno-sign-compare -DHOST_UNCHECKED \
	-I$(TOP)/kernel/host/include -I$(TOP)/kernel

OWN := $(patsubst %.c, $(OUT)/%.o, $(wildcard *.c))
KERNEL := $(patsubst $(TOP)/kernel/%.c, $(OUT)/kernel/%.o, \
	$(wildcard $(TOP)/kernel/tables/$(TABLES).c) $(TOP)/kernel/host/rcu.c)
BUILD := Makefile ../native.mk

.PHONY: all
all: $(TOP)/build/bin/$(PROGRAM)

$(TOP)/build/bin/$(PROGRAM): $(OWN) $(SHARED:%=$(OUT)/shared/%.o) $(KERNEL)
	@mkdir -p $(@D)
	$(CC) -o $@ $^ $(PROGRAM_LIBS) -lurcu-memb -lurcu-common -lpthread

$(OUT)/mesh.o $(OUT)/shared/slab.o: BENCH_CFLAGS += $(KERNEL_CFLAGS)

$(OUT)/%.o: %.c $(BUILD)
	@mkdir -p $(@D)
	$(CC) $(BENCH_CFLAGS) -c -o $@ $<

$(OUT)/shared/%.o: ../%.c $(BUILD)
	@mkdir -p $(@D)
	$(CC) $(BENCH_CFLAGS) -c -o $@ $<

$(OUT)/kernel/%.o: $(TOP)/kernel/%.c $(BUILD)
	@mkdir -p $(@D)
	$(CC) $(BENCH_CFLAGS) $(KERNEL_CFLAGS) -c -o $@ $<

-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
