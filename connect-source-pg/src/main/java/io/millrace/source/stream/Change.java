package io.millrace.source.stream;

import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * A decoded change of a row.
 *
 * @param before the old row as far as the replica identity tells it; null where the stream has none
 * @param unchangedToast whether {@code after} lacks values that did not change
 */
record Change(CapturedRelation captured, @Nullable Struct before, Struct after, boolean unchangedToast) {}
