/** What a user of Apicurio's Avro converter adds to it, so that it does not do over what it did for the record before. */
@org.jspecify.annotations.NullMarked
package io.millrace.testing.avro;
