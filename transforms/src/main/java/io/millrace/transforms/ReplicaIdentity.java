package io.millrace.transforms;

import java.util.Locale;

/** What the {@code before} of a delete holds. */
enum ReplicaIdentity {
    /** Look at each delete: {@link KeyOnly} tells whether anything but the key came with it. */
    AUTO,
    /** The key, and in NOT NULL columns a filler that is no value of the row. */
    DEFAULT,
    /** The whole row. */
    FULL;

    static ReplicaIdentity parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
