package io.millrace.source.codec;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A column and its values.
 *
 * @param declaration type and constraints
 * @param values SQL expressions
 * @param binary whether the codec reads the binary form
 * @param differences where Debezium is known to be wrong
 * @param expected our values as strings where Debezium's are none to compare with
 */
public record TypeCase(
        String declaration, List<String> values, boolean binary, Set<Difference> differences, List<String> expected) {
    public enum Difference {
        /** Debezium's schema is none or broken. */
        SCHEMA,
        /** Debezium's stream gives other values. */
        STREAM,
        /** Debezium's snapshot gives other values. */
        SNAPSHOT
    }

    static TypeCase of(String declaration, String... values) {
        return new TypeCase(declaration, List.of(values), true, Set.of(), List.of());
    }

    TypeCase differing(Difference first, Difference... rest) {
        return new TypeCase(declaration, values, binary, EnumSet.of(first, rest), expected);
    }

    /** Debezium has no usable schema or values; ours are these. */
    TypeCase giving(String... ours) {
        Set<Difference> all = differences.isEmpty() ? EnumSet.allOf(Difference.class) : differences;
        return new TypeCase(declaration, values, binary, all, List.of(ours));
    }

    TypeCase textOnly() {
        return new TypeCase(declaration, values, false, differences, expected);
    }

    @Override
    public String toString() {
        return declaration;
    }
}
