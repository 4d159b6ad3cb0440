/** A realistic database to mirror: its tables, their rows, and live changes to them. */
@NullMarked
package io.millrace.quickstart.shop;

import org.jspecify.annotations.NullMarked;
