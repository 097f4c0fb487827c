package io.millrace.cli.demo;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;

/** Draws a mill wheel over water, as a PNG. */
final class DemoPicture {

    static final int WIDTH = 960;
    static final int HEIGHT = 640;

    private static final int SPOKES = 12;
    private static final int RADIUS = 230;

    private DemoPicture() {}

    static byte[] png() throws IOException {
        var image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setPaint(new GradientPaint(0, 0, new Color(0xFDF1DC), 0, HEIGHT, new Color(0xF3C98B)));
        g.fillRect(0, 0, WIDTH, HEIGHT);
        g.setPaint(new GradientPaint(0, 460, new Color(0x3E7CB1), 0, HEIGHT, new Color(0x1B3A57)));
        g.fillRect(0, 460, WIDTH, HEIGHT - 460);
        g.setColor(new Color(0x5B3A1E));
        g.setStroke(new BasicStroke(18));
        int x = WIDTH / 2;
        int y = HEIGHT / 2;
        g.drawOval(x - RADIUS, y - RADIUS, 2 * RADIUS, 2 * RADIUS);
        for (int i = 0; i < SPOKES; i++) {
            double angle = 2 * Math.PI * i / SPOKES;
            g.drawLine(x, y, x + (int) (RADIUS * 1.15 * Math.cos(angle)), y + (int) (RADIUS * 1.15 * Math.sin(angle)));
        }
        g.dispose();
        var out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }
}
