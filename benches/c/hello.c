// The smallest program that prints.
#include "rt.h"

PROGRAM {
    put_text("hello");
    put_line();
}
