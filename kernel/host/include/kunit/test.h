/* SPDX-License-Identifier: GPL-2.0 */
/*
 * As much of KUnit as the suites use that need no kernel.
 */
#ifndef _MESH_HOST_KUNIT_TEST_H
#define _MESH_HOST_KUNIT_TEST_H

#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <linux/kernel.h>
#include <linux/slab.h>

#define KUNIT_PARAM_DESC_SIZE 128
#define KUNIT_KEPT 4096

/**
 * struct kunit - a case that runs
 * @priv: the suite's
 * @param_value: the row, where the case has a table
 * @failures: expectations that did not hold
 * @bail: out of a case whose assertion does not hold
 * @kept: what the case had allocated; freed behind it
 * @n_kept: entries in use
 */
struct kunit {
	void *priv;
	const void *param_value;
	unsigned int failures;
	jmp_buf bail;
	void *kept[KUNIT_KEPT];
	unsigned int n_kept;
};

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
	const void *(*generate_params)(const void *prev, char *desc);
};

struct kunit_suite {
	const char *name;
	int (*init)(struct kunit *test);
	void (*exit)(struct kunit *test);
	struct kunit_case *test_cases;
};

void __noreturn __kunit_abort(struct kunit *test);
void *kunit_kzalloc(struct kunit *test, size_t size, gfp_t gfp);
void *kunit_kcalloc(struct kunit *test, size_t n, size_t size, gfp_t gfp);
void kunit_kfree(struct kunit *test, const void *p);

static inline void *kunit_kmalloc(struct kunit *test, size_t size, gfp_t gfp)
{
	return kunit_kzalloc(test, size, gfp);
}

/* What main() of kunit.c runs. */
extern struct kunit_suite *const kunit_suites[];

#define kunit_test_suites(...) \
	struct kunit_suite *const kunit_suites[] = { __VA_ARGS__, NULL }

#define KUNIT_CASE(fn)			{ .run_case = fn, .name = #fn }
#define KUNIT_CASE_SLOW(fn)		KUNIT_CASE(fn)
#define KUNIT_CASE_PARAM(fn, gen)	{ .run_case = fn, .name = #fn, .generate_params = gen }

#define KUNIT_ARRAY_PARAM(table, array, describe)			\
static const void *table##_gen_params(const void *prev, char *desc)	\
{									\
	typeof(&(array)[0]) row = prev;					\
									\
	row = row ? row + 1 : (array);					\
	if (row >= (array) + ARRAY_SIZE(array))				\
		return NULL;						\
	describe(row, desc);						\
	return row;							\
}

#define kunit_info(test, ...) do {					\
	(void)(test);							\
	printf("    # " __VA_ARGS__);					\
	printf("\n");							\
} while (0)

#define KUNIT_HOLDS(test, good, then, ...) do {				\
	if (!(good)) {							\
		(test)->failures++;					\
		printf("    # %s:%d: ", __FILE__, __LINE__);		\
		printf(__VA_ARGS__);					\
		printf("\n");						\
		then;							\
	}								\
} while (0)

#define KUNIT_COMPARE(test, a, op, b, then) do {			\
	__auto_type __left = (a);					\
	__auto_type __right = (b);					\
									\
	KUNIT_HOLDS(test, __left op __right, then,			\
		    "%s " #op " %s does not hold: %lld, %lld", #a, #b,	\
		    (long long)__left, (long long)__right);		\
} while (0)

#define KUNIT_COMPARE_MSG(test, a, op, b, ...) do {			\
	KUNIT_COMPARE(test, a, op, b,					\
		      printf("    # " __VA_ARGS__); printf("\n"));	\
} while (0)

#define KUNIT_GO_ON			((void)0)
#define KUNIT_BAIL(test)		__kunit_abort(test)

#define KUNIT_EXPECT_EQ(test, a, b)	KUNIT_COMPARE(test, a, ==, b, KUNIT_GO_ON)
#define KUNIT_EXPECT_NE(test, a, b)	KUNIT_COMPARE(test, a, !=, b, KUNIT_GO_ON)
#define KUNIT_EXPECT_LT(test, a, b)	KUNIT_COMPARE(test, a, <, b, KUNIT_GO_ON)
#define KUNIT_EXPECT_LE(test, a, b)	KUNIT_COMPARE(test, a, <=, b, KUNIT_GO_ON)
#define KUNIT_EXPECT_GT(test, a, b)	KUNIT_COMPARE(test, a, >, b, KUNIT_GO_ON)
#define KUNIT_EXPECT_GE(test, a, b)	KUNIT_COMPARE(test, a, >=, b, KUNIT_GO_ON)
#define KUNIT_EXPECT_TRUE(test, c)	KUNIT_HOLDS(test, c, KUNIT_GO_ON, "%s is false", #c)
#define KUNIT_EXPECT_FALSE(test, c)	KUNIT_HOLDS(test, !(c), KUNIT_GO_ON, "%s is true", #c)
#define KUNIT_EXPECT_NULL(test, p)	KUNIT_HOLDS(test, !(p), KUNIT_GO_ON, "%s is not NULL", #p)
#define KUNIT_EXPECT_NOT_NULL(test, p)	KUNIT_HOLDS(test, p, KUNIT_GO_ON, "%s is NULL", #p)
#define KUNIT_EXPECT_PTR_EQ(test, a, b)					\
	KUNIT_HOLDS(test, (const void *)(a) == (const void *)(b), KUNIT_GO_ON,	\
		    "%s is not %s", #a, #b)
#define KUNIT_EXPECT_STREQ(test, a, b)					\
	KUNIT_HOLDS(test, !strcmp(a, b), KUNIT_GO_ON, "\"%s\" is not \"%s\"", a, b)

#define KUNIT_EXPECT_EQ_MSG(test, a, b, ...) KUNIT_COMPARE_MSG(test, a, ==, b, __VA_ARGS__)
#define KUNIT_EXPECT_NE_MSG(test, a, b, ...) KUNIT_COMPARE_MSG(test, a, !=, b, __VA_ARGS__)
#define KUNIT_EXPECT_LE_MSG(test, a, b, ...) KUNIT_COMPARE_MSG(test, a, <=, b, __VA_ARGS__)

#define KUNIT_ASSERT_EQ(test, a, b)	KUNIT_COMPARE(test, a, ==, b, KUNIT_BAIL(test))
#define KUNIT_ASSERT_NE(test, a, b)	KUNIT_COMPARE(test, a, !=, b, KUNIT_BAIL(test))
#define KUNIT_ASSERT_GT(test, a, b)	KUNIT_COMPARE(test, a, >, b, KUNIT_BAIL(test))
#define KUNIT_ASSERT_TRUE(test, c)	KUNIT_HOLDS(test, c, KUNIT_BAIL(test), "%s is false", #c)
#define KUNIT_ASSERT_FALSE(test, c)	KUNIT_HOLDS(test, !(c), KUNIT_BAIL(test), "%s is true", #c)
#define KUNIT_ASSERT_NOT_NULL(test, p)	KUNIT_HOLDS(test, p, KUNIT_BAIL(test), "%s is NULL", #p)

#endif
