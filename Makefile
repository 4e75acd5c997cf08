# SPDX-License-Identifier: GPL-2.0
#
# make            module (for the running kernel or KDIR=), library and tools
# make install    all of them, below DESTDIR and PREFIX
# make module     the module alone; ON=debug|bench|6.1|6.12: for a kernel of the lab
# make demo       the demonstration in a guest; ON=6.12|6.1|debug|native
# make check      every test; T=name runs one, ON=kernel restricts to one kernel
# make kunit      the KUnit suites in the debug kernel
# make fuzz       the fuzzers; T=name runs one, RUNS=n that many inputs (default: some seconds)
# make bench      the measurements; bench-NAME: one of them
# make icount-record  writes anew what make check compares instructions a packet with
# make deps       the Debian packages that all of this needs
# make clean      removes build/

SHELL := /bin/bash
PREFIX ?= /usr/local
ON ?= native
BUILD := $(CURDIR)/build
KDIR ?= /lib/modules/$(shell uname -r)/build

export PREFIX

.PHONY: all module lib tools traffic install install-module deps check kunit fuzz demo bench icount-record clean

# The module last, and by a call: where there are no headers for it, the others
# are there all the same, however many jobs run at once.
all: tools
	@$(MAKE) --no-print-directory module

module:
	@KDIR="$(KDIR)" selftests/lab/build-module $(ON) $(BUILD)/mod-$(ON) \
		Kbuild kernel -- W=1

lib:
	@$(MAKE) --no-print-directory -C libmesh

tools: lib
	@$(MAKE) --no-print-directory -C tools

install: all install-module
	$(MAKE) -C libmesh install
	$(MAKE) -C tools install

# Headers of a distribution come without its key: nothing to sign with.
install-module: module
	$(MAKE) -C $(KDIR) M=$(BUILD)/mod-native INSTALL_MOD_DIR=extra \
		$(if $(wildcard $(KDIR)/certs/signing_key.pem),,CONFIG_MODULE_SIG_ALL=) \
		DEPMOD=true $(if $(DESTDIR),INSTALL_MOD_PATH=$(DESTDIR)) modules_install
	$(if $(DESTDIR),,depmod -a "$$(cat $(KDIR)/include/config/kernel.release)")

deps:
	@selftests/lab/install

# What the tests send traffic with
traffic: $(addprefix $(BUILD)/bin/mesh-,flow visit stream nhrp-load route-load)

$(BUILD)/bin/mesh-flow: selftests/lab/flow.c
$(BUILD)/bin/mesh-visit: selftests/bench/visit.c
$(BUILD)/bin/mesh-stream: selftests/bench/stream.c
$(addprefix $(BUILD)/bin/mesh-,flow visit stream): selftests/lab/tool.h
	@mkdir -p $(@D)
	$(CC) -O2 -Wall -Wextra -o $@ $(filter %.c, $^)

# What the module reads and writes on the wire, in user space
NHRP_LOAD := selftests/bench/nhrp_load.c $(wildcard kernel/wire/nhrp_wire*.c)

$(BUILD)/bin/mesh-nhrp-load: $(NHRP_LOAD) $(wildcard kernel/wire/*.h) selftests/lab/tool.h
	@mkdir -p $(@D)
	$(CC) -O2 -Wall -Wextra -Ikernel/host/include -Ikernel -o $@ $(NHRP_LOAD)

ROUTE_LOAD := selftests/bench/route_load.c $(addprefix selftests/bench/, nets.c huge.c)

$(BUILD)/bin/mesh-route-load: $(ROUTE_LOAD) $(addprefix selftests/bench/, nets.h huge.h) \
		$(wildcard libmesh/src/*.[ch]) selftests/lab/tool.h | lib
	@mkdir -p $(@D)
	$(CC) -O2 -Wall -Wextra -Ilibmesh/include -o $@ $(ROUTE_LOAD) $(BUILD)/lib/libmesh.a \
		$(shell pkg-config --libs libnl-genl-3.0) -lm

check: deps
	@selftests/check $(if $(filter-out undefined default,$(origin T)),-t "$(T)") \
		$(if $(filter-out file undefined,$(origin ON)),-k "$(ON)")

kunit: deps
	@selftests/check -t 'kunit'

fuzz: deps
	@selftests/fuzz/run $(if $(RUNS),-n "$(RUNS)") $(T)

demo: deps lib tools traffic
	@selftests/demo/run $(if $(filter-out file undefined,$(origin ON)),--on "$(ON)")

bench: deps lib tools traffic
	@selftests/bench/run

bench-%: deps lib tools traffic
	@selftests/bench/run $*

icount-record: deps lib tools traffic
	@selftests/net/icount.sh renew

clean:
	rm -rf $(BUILD)
	@$(MAKE) --no-print-directory -C libmesh clean
	@$(MAKE) --no-print-directory -C tools clean
