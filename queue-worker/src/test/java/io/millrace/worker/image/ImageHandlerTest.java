package io.millrace.worker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.millrace.protocol.JobType;
import io.millrace.protocol.payload.ImageOutput;
import io.millrace.protocol.payload.ImagePayload;
import io.millrace.protocol.payload.ImageSource;
import io.millrace.worker.fetch.FetchConfig;
import io.millrace.worker.fetch.GuardedFetch;
import io.millrace.worker.handler.AttemptContext;
import io.millrace.worker.handler.JobFailure;
import io.millrace.worker.handler.Reaction;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageHandlerTest {

    private final ImageHandler handler = new ImageHandler(Optional.empty(), ImageConfig.DEFAULT);

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit before each test
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private AttemptContext context;

    @BeforeEach
    void open() throws IOException {
        context = AttemptContext.in(folder, JobType.IMAGE_RESIZE);
    }

    @Test
    void one_picture_becomes_several_files() throws Exception {
        byte[] source = Pictures.file(Pictures.corners(800, 600), "png");

        ImageResult result = run(
                source,
                new ImageOutput("thumb", 320, 240, null, null, 80),
                new ImageOutput(null, 100, null, null, "png", null),
                new ImageOutput("square", 100, 100, "cover", "jpeg", null));

        assertThat(result.outputs())
                .extracting(ImageResult.Output::artifact, ImageResult.Output::width, ImageResult.Output::height)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("thumb.jpg", 320, 240),
                        org.assertj.core.groups.Tuple.tuple("output-2.png", 100, 75),
                        org.assertj.core.groups.Tuple.tuple("square.jpg", 100, 100));
        for (ImageResult.Output output : result.outputs()) {
            byte[] file = context.bytes(output.artifact());
            assertThat(output.bytes()).isEqualTo(file.length);
            assertThat(Pictures.read(file).getWidth()).isEqualTo(output.width());
            assertCorners(Pictures.read(file), "RGBW");
        }
        assertThat(context.artifacts().list(context.jobId()))
                .extracting(a -> a.contentType())
                .containsExactly("image/png", "image/jpeg", "image/jpeg");
    }

    @ParameterizedTest
    @CsvSource({
        "100, 50, 50, , contain, 50, 25",
        "100, 50, , 10, contain, 20, 10",
        "100, 50, 40, 40, contain, 40, 20",
        "100, 50, 1000, 1000, contain, 100, 50",
        "100, 50, 40, 40, cover, 40, 40",
        "100, 50, 10, 40, cover, 10, 40",
        "100, 50, 1000, 1000, cover, 50, 50",
        "100, 50, 200, 50, cover, 100, 25",
        "1000, 1, 10, 10, contain, 10, 1",
        "3, 3, 1, 10000, cover, 1, 3",
    })
    void nothing_is_enlarged_and_shapes_are_kept_or_cut(
            int width, int height, Integer boxWidth, Integer boxHeight, String fit, int w, int h) throws Exception {
        byte[] source = Pictures.file(Pictures.corners(width, height), "png");

        ImageResult result = run(source, new ImageOutput("o", boxWidth, boxHeight, fit, "png", null));

        assertThat(result.outputs().getFirst().width()).isEqualTo(w);
        assertThat(result.outputs().getFirst().height()).isEqualTo(h);
        assertThat(Pictures.read(context.bytes("o.png")).getWidth()).isEqualTo(w);
    }

    @Test
    void cover_cuts_off_evenly() throws Exception {
        byte[] source = Pictures.file(Pictures.corners(300, 100), "png");

        run(source, new ImageOutput("o", 50, 50, "cover", "png", null));

        assertCorners(Pictures.read(context.bytes("o.png")), "RGBW");
    }

    @ParameterizedTest
    @CsvSource({
        "1, 64, 32, RGBW",
        "2, 64, 32, GRWB",
        "3, 64, 32, WBGR",
        "4, 64, 32, BWRG",
        "5, 32, 64, RBGW",
        "6, 32, 64, BRWG",
        "7, 32, 64, WGBR",
        "8, 32, 64, GWRB",
        "9, 64, 32, RGBW",
        "0, 64, 32, RGBW"
    })
    void the_orientation_a_camera_noted_is_applied(int orientation, int width, int height, String corners)
            throws Exception {
        byte[] source = Pictures.withOrientation(Pictures.file(Pictures.corners(640, 320), "jpeg"), orientation);

        ImageResult result = run(source, new ImageOutput("o", width, height, null, "png", null));

        assertThat(result.outputs().getFirst().width()).isEqualTo(width);
        assertThat(result.outputs().getFirst().height()).isEqualTo(height);
        assertCorners(Pictures.read(context.bytes("o.png")), corners);
    }

    @Test
    void metadata_does_not_reach_an_output() throws Exception {
        byte[] source = Pictures.withOrientation(Pictures.file(Pictures.corners(64, 64), "jpeg"), 1);
        assertThat(new String(source, StandardCharsets.ISO_8859_1)).contains("SECRET-GPS");

        run(
                source,
                new ImageOutput("a", 64, null, null, null, null),
                new ImageOutput("b", 64, null, null, "png", null));

        for (String name : List.of("a.jpg", "b.png")) {
            assertThat(new String(context.bytes(name), StandardCharsets.ISO_8859_1))
                    .doesNotContain("SECRET-GPS")
                    .doesNotContain("Exif");
        }
    }

    @Test
    void transparency_stays_in_a_png_and_becomes_white_in_a_jpeg() throws Exception {
        var image = new BufferedImage(40, 40, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(20, 20, Color.RED.getRGB());
        byte[] source = Pictures.file(image, "png");

        run(
                source,
                new ImageOutput("a", 20, null, null, "png", null),
                new ImageOutput("b", 20, null, null, "jpeg", null));

        assertThat(new Color(Pictures.read(context.bytes("a.png")).getRGB(0, 0), true).getAlpha())
                .isZero();
        assertThat(new Color(Pictures.read(context.bytes("b.jpg")).getRGB(0, 0)).getGreen())
                .isGreaterThan(250);
    }

    @Test
    void a_lower_quality_makes_a_smaller_file() throws Exception {
        byte[] source = Pictures.file(noise(200, 200), "png");

        ImageResult result = run(
                source,
                new ImageOutput("a", 200, null, null, "jpeg", 95),
                new ImageOutput("b", 200, null, null, "jpeg", 20));

        assertThat(result.outputs().get(1).bytes())
                .isLessThan(result.outputs().get(0).bytes() / 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg", "png", "gif"})
    void each_format_is_read(String format) throws Exception {
        run(Pictures.file(Pictures.corners(64, 64), format), new ImageOutput("o", 32, null, null, "png", null));

        assertCorners(Pictures.read(context.bytes("o.png")), "RGBW");
    }

    @Test
    void webp_is_read_lossy_and_lossless() throws Exception {
        for (byte[] source : List.of(Pictures.WEBP_LOSSY, Pictures.WEBP_LOSSLESS)) {
            assertThat(run(source, new ImageOutput("o", 10, null, null, "png", null))
                            .outputs()
                            .getFirst()
                            .width())
                    .isEqualTo(1);
        }
    }

    @Test
    void grey_and_sixteen_bit_pictures_keep_their_brightness() throws Exception {
        for (int type : new int[] {BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_USHORT_GRAY}) {
            var grey = new BufferedImage(64, 64, type);
            var graphics = grey.createGraphics();
            graphics.setColor(new Color(128, 128, 128));
            graphics.fillRect(0, 0, 64, 64);
            graphics.dispose();
            byte[] source = Pictures.file(grey, "png");
            int stored = Pictures.read(source).getRaster().getSample(5, 5, 0);
            int expected = type == BufferedImage.TYPE_BYTE_GRAY ? stored : stored >> 8;

            run(source, new ImageOutput("o", 16, null, null, "png", null));

            assertThat(new Color(Pictures.read(context.bytes("o.png")).getRGB(5, 5)).getRed())
                    .isBetween(expected - 2, expected + 2);
        }
    }

    @Test
    void an_artifact_of_another_job_is_a_source() throws Exception {
        byte[] file = Pictures.file(Pictures.corners(64, 64), "png");
        context.artifacts().save(context.jobId(), "in.png", "image/png", out -> out.write(file));
        var outputs = List.of(new ImageOutput("o", 10, null, null, "png", null));

        var found = new ImageSource.ArtifactRef(context.jobId().toString(), "in.png");
        handler.handle(new ImagePayload(new ImageSource(found, null, null), outputs), context);
        assertThat(Pictures.read(context.bytes("o.png")).getWidth()).isEqualTo(10);

        var missing = new ImageSource.ArtifactRef(context.jobId().toString(), "other.png");
        assertThatThrownBy(
                        () -> handler.handle(new ImagePayload(new ImageSource(missing, null, null), outputs), context))
                .isInstanceOf(FileNotFoundException.class);
    }

    @Test
    void an_address_that_may_not_be_fetched_is_refused_for_good() {
        var source = new ImageSource(null, null, "https://169.254.169.254/latest/meta-data/");
        var payload = new ImagePayload(source, List.of(new ImageOutput("o", 10, null, null, null, null)));
        var fetching = new ImageHandler(Optional.of(new GuardedFetch(FetchConfig.DEFAULT)), ImageConfig.DEFAULT);

        assertPermanent(catchThrowable(() -> fetching.handle(payload, context)), "not public");
        assertPermanent(catchThrowable(() -> handler.handle(payload, context)), "does not fetch");
    }

    static Stream<byte[]> broken() {
        byte[] noise = Pictures.file(noise(300, 300), "png");
        byte[] jpeg = Pictures.file(noise(300, 300), "jpeg");
        byte[] gif = Pictures.file(noise(300, 300), "gif");
        return Stream.of(
                new byte[] {1},
                "<svg xmlns='http://www.w3.org/2000/svg'/>".getBytes(StandardCharsets.UTF_8),
                Pictures.file(Pictures.corners(4, 4), "bmp"),
                Pictures.file(Pictures.corners(4, 4), "tiff"),
                Arrays.copyOf(noise, noise.length / 2),
                Arrays.copyOf(noise, 40),
                Arrays.copyOf(noise, 8),
                Arrays.copyOf(jpeg, jpeg.length / 2),
                Arrays.copyOf(jpeg, 30),
                Arrays.copyOf(jpeg, 3),
                Arrays.copyOf(gif, gif.length / 2),
                Arrays.copyOf(gif, 6),
                Arrays.copyOf(Pictures.WEBP_LOSSY, 30),
                Arrays.copyOf(Pictures.WEBP_LOSSY, 12),
                Pictures.lyingPng(3_000, 3_000, noise),
                Pictures.lyingPng(0, 10, noise),
                Pictures.lyingPng(-1, -1, noise),
                Pictures.lyingPng(301, 300, noise));
    }

    @ParameterizedTest
    @MethodSource("broken")
    @Timeout(60)
    void a_broken_or_foreign_file_fails_for_good_with_a_reason(byte[] source) {
        var failure = catchThrowable(() -> run(source, new ImageOutput("o", 100, null, null, null, null)));

        assertPermanent(failure, "the source");
    }

    static Stream<byte[]> bombs() {
        byte[] png = Pictures.file(Pictures.corners(10, 10), "png");
        return Stream.of(
                Pictures.lyingPng(50_000, 50_000, png),
                Pictures.lyingPng(Integer.MAX_VALUE, Integer.MAX_VALUE, png),
                Pictures.lyingPng(40_000_001, 1, png),
                Pictures.lyingWebp(16_383, 16_383),
                Pictures.lyingExtendedWebp(16_383, 16_383));
    }

    @ParameterizedTest
    @MethodSource("bombs")
    @Timeout(20)
    void a_header_that_declares_too_many_pixels_fails_at_once(byte[] source) {
        var failure = catchThrowable(() -> run(source, new ImageOutput("o", 10_000, null, null, null, null)));

        assertPermanent(failure, "pixels");
    }

    @Test
    void an_animation_gives_its_first_frame_and_may_not_be_long() throws Exception {
        run(animation(100), new ImageOutput("o", 8, null, null, "png", null));
        assertCorners(Pictures.read(context.bytes("o.png")), "RGBW");

        assertPermanent(
                catchThrowable(() -> run(animation(101), new ImageOutput("o", 8, null, null, "png", null))), "frames");
    }

    @Test
    void a_source_over_the_size_limit_is_refused() {
        var small = new ImageHandler(Optional.empty(), new ImageConfig(1_000, 100, 1));
        byte[] file = Pictures.file(noise(30, 30), "png");

        assertPermanent(
                catchThrowable(
                        () -> small.handle(payload(file, new ImageOutput("o", 1, null, null, null, null)), context)),
                "larger than 100 bytes");
    }

    @Test
    void text_that_is_not_base64_and_an_invalid_payload_fail_for_good() {
        var source = new ImageSource(null, "A=A", null);
        var payload = new ImagePayload(source, List.of(new ImageOutput("o", 1, null, null, null, null)));

        assertPermanent(catchThrowable(() -> handler.handle(payload, context)), "base64");
        assertPermanent(catchThrowable(() -> handler.handle(new ImagePayload(null, null), context)), "/source");
    }

    @Test
    void an_orientation_in_a_webp_is_found() {
        byte[] tiff = Pictures.tiff(6);
        byte[] chunk = new byte[8 + tiff.length];
        System.arraycopy("EXIF".getBytes(StandardCharsets.US_ASCII), 0, chunk, 0, 4);
        chunk[4] = (byte) tiff.length;
        System.arraycopy(tiff, 0, chunk, 8, tiff.length);

        assertThat(Orientation.of(Pictures.lyingExtendedWebp(1, 1, chunk), FileKind.WEBP))
                .isEqualTo(new Orientation(6));
    }

    @Test
    void no_mangled_file_gives_anything_but_a_result_or_a_permanent_failure() {
        var random = new Random(11);
        List<byte[]> seeds = List.of(
                Pictures.withOrientation(Pictures.file(noise(40, 40), "jpeg"), 6),
                Pictures.file(noise(40, 40), "png"),
                Pictures.file(noise(40, 40), "gif"),
                Pictures.WEBP_LOSSY,
                Pictures.WEBP_LOSSLESS);
        for (int i = 0; i < 200; i++) {
            byte[] file = seeds.get(i % seeds.size()).clone();
            for (int n = random.nextInt(6); n >= 0; n--) {
                file[random.nextInt(Math.min(file.length, i % 2 == 0 ? 120 : file.length))] = (byte) random.nextInt();
            }
            var failure = catchThrowable(() -> run(file, new ImageOutput("o", 10, null, null, "png", null)));
            assertThat(failure == null || failure instanceof JobFailure)
                    .as("round %d: %s", i, failure)
                    .isTrue();
        }
    }

    private ImageResult run(byte[] source, ImageOutput... outputs) throws Exception {
        return handler.handle(payload(source, outputs), context);
    }

    private static ImagePayload payload(byte[] source, ImageOutput... outputs) {
        String base64 = Base64.getEncoder().encodeToString(source);
        return new ImagePayload(new ImageSource(null, base64, null), List.of(outputs));
    }

    private static void assertPermanent(@Nullable Throwable failure, String reason) {
        assertThat(failure)
                .isInstanceOfSatisfying(
                        JobFailure.class,
                        f -> assertThat(f.reaction(Instant.EPOCH)).isInstanceOf(Reaction.Die.class))
                .hasMessageContaining(reason);
    }

    /** The colours near the four corners: upper left, upper right, lower left, lower right. */
    private static void assertCorners(BufferedImage image, String expected) {
        int right = image.getWidth() * 3 / 4;
        int left = image.getWidth() / 4;
        int lower = image.getHeight() * 3 / 4;
        int upper = image.getHeight() / 4;
        assertThat("" + letter(image, left, upper) + letter(image, right, upper) + letter(image, left, lower)
                        + letter(image, right, lower))
                .isEqualTo(expected);
    }

    private static char letter(BufferedImage image, int x, int y) {
        var color = new Color(image.getRGB(x, y));
        boolean red = color.getRed() > 150;
        boolean green = color.getGreen() > 150;
        boolean blue = color.getBlue() > 150;
        if (red && green && blue) {
            return 'W';
        }
        return red ? 'R' : green ? 'G' : blue ? 'B' : '?';
    }

    private static BufferedImage noise(int width, int height) {
        var random = new Random(5);
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            image.setRGB(i % width, i / width, random.nextInt());
        }
        return image;
    }

    private static byte[] animation(int frames) throws IOException {
        var bytes = new java.io.ByteArrayOutputStream();
        Iterator<javax.imageio.ImageWriter> writers = ImageIO.getImageWritersByFormatName("gif");
        var writer = writers.next();
        try (var stream = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(stream);
            writer.prepareWriteSequence(null);
            for (int i = 0; i < frames; i++) {
                writer.writeToSequence(new IIOImage(Pictures.corners(16, 16), null, null), null);
            }
            writer.endWriteSequence();
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
