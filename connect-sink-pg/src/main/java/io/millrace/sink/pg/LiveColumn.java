package io.millrace.sink.pg;

import org.jspecify.annotations.Nullable;

/**
 * A column of a target table as the catalog has it.
 *
 * @param type for casts and messages, with its modifier, for example {@code numeric(10,2)} or {@code public.mood}
 * @param cast the type without a modifier: casting to it never cuts or rounds
 * @param base the internal name of the type, of a domain's base type; {@code _int4} for an array
 * @param modifier atttypmod, -1 without
 * @param userDefined an enum, or a type of an extension or of the user's: written as text
 * @param notNull a constraint that can be dropped, which those of keys and identities cannot
 * @param generated computed by the target, so never written
 * @param identityAlways GENERATED ALWAYS AS IDENTITY: written with OVERRIDING SYSTEM VALUE, never updated
 */
record LiveColumn(
        String name,
        String type,
        String cast,
        String base,
        int modifier,
        boolean userDefined,
        boolean notNull,
        boolean generated,
        boolean identityAlways) {
    boolean isArray() {
        return base.startsWith("_");
    }

    /** The internal name of the element's type, null where this is no array. */
    @Nullable
    String element() {
        return isArray() ? base.substring(1) : null;
    }
}
