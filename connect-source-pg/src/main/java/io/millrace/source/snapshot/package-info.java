/** The initial copy: one exported snapshot, cut into chunks that tasks claim and read by COPY. */
@NullMarked
package io.millrace.source.snapshot;

import org.jspecify.annotations.NullMarked;
