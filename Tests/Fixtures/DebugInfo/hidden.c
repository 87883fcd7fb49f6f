/* Defines the struct that shapes.c only knows by name. */
#include <stdlib.h>
#include "hidden.h"

struct hidden {
    int before;
    long secret;
};

static int counter = 1;

struct hidden *make_hidden(int secret) {
    struct hidden *made = malloc(sizeof *made);
    made->before = counter++;
    made->secret = secret;
    return made;
}
