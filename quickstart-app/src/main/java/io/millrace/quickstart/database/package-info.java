/** The databases at both ends: addresses, and the checks before anything is started. */
@NullMarked
package io.millrace.quickstart.database;

import org.jspecify.annotations.NullMarked;
