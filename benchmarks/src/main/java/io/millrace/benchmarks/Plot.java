package io.millrace.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One line over a logarithmic axis, as SVG. */
final class Plot {
    private static final int WIDTH = 480;
    private static final int HEIGHT = 240;
    private static final int LEFT = 70;
    private static final int BOTTOM = 40;
    private static final int TOP = 30;
    private static final int RIGHT = 20;

    /** Where a figure was measured. */
    record Point(double x, double y) {}

    private Plot() {}

    /** The y axis begins at 0, so that a flat line looks flat. */
    static String svg(String title, String xName, String yName, List<Point> points) {
        double left = points.stream().mapToDouble(Point::x).min().orElse(1);
        double right = points.stream().mapToDouble(Point::x).max().orElse(10);
        double most = points.stream().mapToDouble(Point::y).max().orElse(1) * 1.2;
        var path = new ArrayList<String>();
        var marks = new StringBuilder();
        for (Point point : points) {
            double share = right > left ? Math.log(point.x / left) / Math.log(right / left) : 0.5;
            double x = LEFT + share * (WIDTH - LEFT - RIGHT);
            double y = HEIGHT - BOTTOM - point.y / most * (HEIGHT - BOTTOM - TOP);
            path.add(number("%.1f,%.1f", x, y));
            marks.append(number("<circle cx='%.1f' cy='%.1f' r='3'/>\n", x, y))
                    .append(number("<text x='%.1f' y='%.1f' text-anchor='middle'>%.3g</text>\n", x, y - 8, point.y))
                    .append(number(
                            "<text x='%.1f' y='%d' text-anchor='middle'>%,.0f</text>\n", x, HEIGHT - 24, point.x));
        }
        return number(
                        "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' font-family='sans-serif'"
                                + " font-size='11'>\n",
                        WIDTH, HEIGHT)
                + "<rect width='100%' height='100%' fill='white'/>\n"
                + number("<text x='%d' y='16' text-anchor='middle' font-size='13'>%s</text>\n", WIDTH / 2, title)
                + number("<text x='%d' y='%d' text-anchor='middle'>%s</text>\n", WIDTH / 2, HEIGHT - 8, xName)
                + number(
                        "<text transform='translate(14 %d) rotate(-90)' text-anchor='middle'>%s</text>\n",
                        HEIGHT / 2, yName)
                + number(
                        "<path d='M%d %d V%d H%d' fill='none' stroke='gray'/>\n",
                        LEFT, TOP, HEIGHT - BOTTOM, WIDTH - RIGHT)
                + "<polyline points='" + String.join(" ", path) + "' fill='none' stroke='steelblue'/>\n" + marks
                + "</svg>\n";
    }

    private static String number(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
