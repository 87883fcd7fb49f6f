/* elf.h's structures belong, as the compiler sees it, to this module or to Glibc, whichever it meets first in a
   build; a Swift file that uses their fields therefore imports both. The same holds for struct stat and CKmod. */
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwelf.h>
#include <elfutils/libdwfl.h>
#include <gelf.h>
#include <libelf.h>
