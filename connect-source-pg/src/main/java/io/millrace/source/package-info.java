/** Source connectors for Postgres: the CDC connector and what its stages share. */
@NullMarked
package io.millrace.source;

import org.jspecify.annotations.NullMarked;
