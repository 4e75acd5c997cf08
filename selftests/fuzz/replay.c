// SPDX-License-Identifier: GPL-2.0
/* In place of libFuzzer where lines are counted: runs the inputs that are named. */
#include "fuzz.h"

static int run_file(const char *name)
{
	FILE *file = fopen(name, "rb");
	static u8 buf[1 << 16];
	size_t len;

	if (!file) {
		perror(name);
		return 1;
	}
	len = fread(buf, 1, sizeof(buf), file);
	fclose(file);
	return LLVMFuzzerTestOneInput(buf, len);
}

int main(int argc, char **argv)
{
	int i, ret = 0;

	for (i = 1; i < argc; i++)
		ret |= run_file(argv[i]);
	return ret;
}
