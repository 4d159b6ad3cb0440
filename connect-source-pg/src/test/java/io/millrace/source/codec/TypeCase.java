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
 * @param note what differs, for the documentation
 */
public record TypeCase(
        String declaration,
        List<String> values,
        boolean binary,
        Set<Difference> differences,
        List<String> expected,
        String note) {
    public enum Difference {
        /** Debezium's schema is none or broken. */
        SCHEMA,
        /** Debezium's stream gives other values. */
        STREAM,
        /** Debezium's snapshot gives other values. */
        SNAPSHOT
    }

    static TypeCase of(String declaration, String... values) {
        return new TypeCase(declaration, List.of(values), true, Set.of(), List.of(), "");
    }

    TypeCase differing(Difference first, Difference... rest) {
        return new TypeCase(declaration, values, binary, EnumSet.of(first, rest), expected, note);
    }

    /** Debezium has no usable schema or values; ours are these. */
    TypeCase giving(String... ours) {
        Set<Difference> all = differences.isEmpty() ? EnumSet.allOf(Difference.class) : differences;
        return new TypeCase(declaration, values, binary, all, List.of(ours), note);
    }

    TypeCase textOnly() {
        return new TypeCase(declaration, values, false, differences, expected, note);
    }

    TypeCase noting(String difference) {
        return new TypeCase(declaration, values, binary, differences, expected, difference);
    }

    /** How ours compares with Debezium's, in words. */
    String comparison() {
        if (differences.isEmpty()) {
            return "same";
        }
        return note.isEmpty() ? "left out or broken by Debezium" : note;
    }

    /** Whether the declaration is a type and nothing else. */
    public boolean isPlain() {
        return !declaration.contains(" NOT NULL")
                && !declaration.contains(" DEFAULT")
                && !declaration.contains(" GENERATED")
                && !declaration.endsWith("serial");
    }

    public boolean isArray() {
        return declaration.endsWith("]");
    }

    /** Whether our schema has no place for the values. */
    public boolean isRefused() {
        return !expected.isEmpty() && expected.get(0).startsWith("refused");
    }

    @Override
    public String toString() {
        return declaration;
    }
}
