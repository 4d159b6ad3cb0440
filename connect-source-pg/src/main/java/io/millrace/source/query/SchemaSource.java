package io.millrace.source.query;

import io.millrace.source.record.TableSchemas;

/** Makes what makes the schemas of the columns that a shape has. */
@FunctionalInterface
public interface SchemaSource {
    TableSchemas of(Shape shape);
}
