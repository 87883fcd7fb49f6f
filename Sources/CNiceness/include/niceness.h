/* Nothing to call: that this is linked is what it is for (niceness.c). */
