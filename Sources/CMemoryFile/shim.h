/* memfd_create(2), which <sys/mman.h> declares only with _GNU_SOURCE, without which Swift sees it. */
#include <linux/memfd.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A file in memory without a name, closed by exec; negative where there can be none. */
static inline int cmemoryfile_create(const char *name) {
    return (int)syscall(SYS_memfd_create, name, MFD_CLOEXEC);
}
