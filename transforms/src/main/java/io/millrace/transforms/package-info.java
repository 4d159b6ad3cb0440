/** Single message transforms for change records: leave columns out, turn deletes into flagged rows. */
@NullMarked
package io.millrace.transforms;

import org.jspecify.annotations.NullMarked;
