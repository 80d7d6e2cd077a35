/** A child process that cannot start. */
throw new RangeError("no such package")
