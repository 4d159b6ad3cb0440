/** From the thread that reads the source to the thread that Connect polls with: records in batches, bounded in bytes. */
@NullMarked
package io.millrace.source.batch;

import org.jspecify.annotations.NullMarked;
