package io.millrace.sink.destination;

/**
 * How a destination stages a column's values.
 *
 * @param form the staged type, in the destination's words. Columns of one name and different forms are never staged in
 *     one batch
 * @param field writes a value
 * @param key writes a value so that two values are equal in the target exactly when their bytes are equal
 */
public record Encoding(String form, FieldEncoder field, FieldEncoder key) {
    public Encoding(String form, FieldEncoder field) {
        this(form, field, field);
    }
}
