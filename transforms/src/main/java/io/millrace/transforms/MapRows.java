package io.millrace.transforms;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Rows without schemas. What comes in is never changed: another transform or the converter may share it. */
final class MapRows {
    private MapRows() {}

    /** A copy of the value with its row, or its before and after, edited. */
    static Map<String, Object> edit(Map<?, ?> value, Shape shape, UnaryOperator<Map<String, Object>> edit) {
        Map<String, Object> copy = copy(value);
        if (shape == Shape.ROW) {
            return edit.apply(copy);
        }
        copy.computeIfPresent("before", (name, row) -> row instanceof Map<?, ?> map ? edit.apply(copy(map)) : row);
        copy.computeIfPresent("after", (name, row) -> row instanceof Map<?, ?> map ? edit.apply(copy(map)) : row);
        return copy;
    }

    static Map<String, Object> copy(Map<?, ?> map) {
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((name, value) -> copy.put(String.valueOf(name), value));
        return copy;
    }
}
