package io.millrace.core;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The labels of an enum in a schema's parameter, for enums of which Debezium's own parameter {@code allowed} cannot tell
 * them: it parts labels by commas, which a label may contain.
 */
public final class EnumType {
    /** On the column's schema, where a label contains a comma. */
    public static final String PARAMETER = "millrace.source.enum.labels";

    private EnumType() {}

    public static boolean isAmbiguous(List<String> labels) {
        return labels.stream().anyMatch(label -> label.contains(","));
    }

    public static String write(List<String> labels) {
        return labels.stream()
                .map(label -> label.replace("%", "%25").replace(",", "%2C"))
                .collect(Collectors.joining(","));
    }

    /** What {@link #write} was given. */
    public static List<String> read(String text) {
        return Stream.of(text.split(",", -1))
                .map(label -> label.replace("%2C", ",").replace("%25", "%"))
                .toList();
    }
}
