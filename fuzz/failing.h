/* failing.h: the helpers of our tests say what is wrong through cmocka. In a fuzz target there is no runner to tell: what
 * fails is printed, and the program ends, so that the input is kept. Include it once, before the helpers. */
#ifndef BAWN_FUZZ_FAILING_H
#define BAWN_FUZZ_FAILING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

void _fail(const char *const file, const int line)
{
    fprintf(stderr, "%s:%d: failed\n", file, line);
    abort();
}

void _assert_true(const LargestIntegralType result, const char *const expression, const char *const file, const int line)
{
    if (!result)
        fprintf(stderr, "not true: %s\n", expression), _fail(file, line);
}

void print_error(const char *const format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
}

#endif
