/* Valid arguments for bad.h, as in valid.h. */

static const char *valid__path(void) { return "."; }
static size_t valid__len(void) { return 5; }
static int valid__fd(void) { return open(".", O_RDONLY); }

static void valid__bad_handle(bad_handle *handle) { handle->opaque[0] = 1; }
static void valid__bad_other(bad_other *other) { other->opaque[0] = 2; }
static void valid__bad_options(bad_options *options) { options->size = sizeof *options; }
