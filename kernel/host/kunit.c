// SPDX-License-Identifier: GPL-2.0
/*
 * Runs KUnit suites as a program and says what they say in a kernel's log.
 */
#include <kunit/test.h>

void __kunit_abort(struct kunit *test)
{
	longjmp(test->bail, 1);
}

void *kunit_kzalloc(struct kunit *test, size_t size, gfp_t gfp)
{
	void *p;

	if (test->n_kept == KUNIT_KEPT)
		return NULL;
	p = kzalloc(size, gfp);
	if (p)
		test->kept[test->n_kept++] = p;
	return p;
}

void *kunit_kcalloc(struct kunit *test, size_t n, size_t size, gfp_t gfp)
{
	return kunit_kzalloc(test, n * size, gfp);
}

void kunit_kfree(struct kunit *test, const void *p)
{
	unsigned int i;

	for (i = 0; i < test->n_kept; i++) {
		if (test->kept[i] != p)
			continue;
		test->kept[i] = test->kept[--test->n_kept];
		kfree(p);
		return;
	}
}

/* One run, on a row of the case's table or without one. */
static bool run_once(const struct kunit_suite *suite, const struct kunit_case *c,
		     const void *row)
{
	/* Not on the stack: it is read again after a longjmp(). */
	static struct kunit test;

	memset(&test, 0, sizeof(test));
	test.param_value = row;
	if (suite->init && suite->init(&test)) {
		printf("    # the suite's init failed\n");
		test.failures++;
	} else {
		if (!setjmp(test.bail))
			c->run_case(&test);
		if (suite->exit && !setjmp(test.bail))
			suite->exit(&test);
	}
	while (test.n_kept)
		kfree(test.kept[--test.n_kept]);
	return !test.failures;
}

static bool run_case(const struct kunit_suite *suite, const struct kunit_case *c)
{
	char desc[KUNIT_PARAM_DESC_SIZE] = "";
	const void *row = NULL;
	bool good = true;

	if (!c->generate_params)
		return run_once(suite, c, NULL);
	while ((row = c->generate_params(row, desc))) {
		if (run_once(suite, c, row))
			continue;
		printf("    # in the row \"%s\"\n", desc);
		good = false;
	}
	return good;
}

int main(void)
{
	struct kunit_suite *const *suite;
	const struct kunit_case *c;
	unsigned int bad = 0;

	for (suite = kunit_suites; *suite; suite++) {
		printf("%s\n", (*suite)->name);
		for (c = (*suite)->test_cases; c->run_case; c++) {
			bool good = run_case(*suite, c);

			printf("  %s %s\n", good ? "ok" : "not ok", c->name);
			bad += !good;
		}
	}
	return bad != 0;
}
