/** What both ends of a mirror agree on: table names, positions, header names, type tags, configuration helpers. */
@NullMarked
package io.millrace.core;

import org.jspecify.annotations.NullMarked;
