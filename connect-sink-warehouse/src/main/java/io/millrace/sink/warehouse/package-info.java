/**
 * The warehouse sink connector. Each warehouse is a folder with a {@code Warehouse} that is registered as a service;
 * none knows another.
 */
@NullMarked
package io.millrace.sink.warehouse;

import org.jspecify.annotations.NullMarked;
