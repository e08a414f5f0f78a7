// Five planets for a number of steps; prints the energy before and after. After the Benchmarks Game.
// The same as benches/c/n_body.c.

const std = @import("std");
const rt = @import("rt.zig");

const STEPS = 1_500_000;
const PI: f64 = 3.141592653589793;
const SOLAR: f64 = 4.0 * PI * PI;
const YEAR: f64 = 365.24;

const Body = struct {
    x: f64,
    y: f64,
    z: f64,
    vx: f64,
    vy: f64,
    vz: f64,
    mass: f64,

    fn init(x: f64, y: f64, z: f64, vx: f64, vy: f64, vz: f64, mass: f64) Body {
        return .{ .x = x, .y = y, .z = z, .vx = vx * YEAR, .vy = vy * YEAR, .vz = vz * YEAR, .mass = mass * SOLAR };
    }
};

fn offsetMomentum(bodies: []Body) void {
    var px: f64 = 0;
    var py: f64 = 0;
    var pz: f64 = 0;
    for (bodies) |b| {
        px += b.vx * b.mass;
        py += b.vy * b.mass;
        pz += b.vz * b.mass;
    }
    bodies[0].vx = -px / SOLAR;
    bodies[0].vy = -py / SOLAR;
    bodies[0].vz = -pz / SOLAR;
}

fn energy(bodies: []const Body) f64 {
    var e: f64 = 0;
    for (bodies, 0..) |b, i| {
        e += 0.5 * b.mass * (b.vx * b.vx + b.vy * b.vy + b.vz * b.vz);
        for (bodies[i + 1 ..]) |other| {
            const dx = b.x - other.x;
            const dy = b.y - other.y;
            const dz = b.z - other.z;
            e -= b.mass * other.mass / @sqrt(dx * dx + dy * dy + dz * dz);
        }
    }
    return e;
}

fn advance(bodies: []Body, dt: f64) void {
    for (bodies, 0..) |*a, i| {
        for (bodies[i + 1 ..]) |*b| {
            const dx = a.x - b.x;
            const dy = a.y - b.y;
            const dz = a.z - b.z;
            const d2 = dx * dx + dy * dy + dz * dz;
            const mag = dt / (d2 * @sqrt(d2));
            const mi = a.mass * mag;
            const mj = b.mass * mag;
            a.vx -= dx * mj;
            a.vy -= dy * mj;
            a.vz -= dz * mj;
            b.vx += dx * mi;
            b.vy += dy * mi;
            b.vz += dz * mi;
        }
    }
    for (bodies) |*b| {
        b.x += dt * b.vx;
        b.y += dt * b.vy;
        b.z += dt * b.vz;
    }
}

const planets = [_]Body{
    .init(0, 0, 0, 0, 0, 0, 1),
    .init(4.84143144246472090e+00, -1.16032004402742839e+00, -1.03622044471123109e-01,
        1.66007664274403694e-03, 7.69901118419740425e-03, -6.90460016972063023e-05, 9.54791938424326609e-04),
    .init(8.34336671824457987e+00, 4.12479856412430479e+00, -4.03523417114321381e-01,
        -2.76742510726411899e-03, 4.99852801234917238e-03, 2.30417297573763929e-05, 2.85885980666130812e-04),
    .init(1.28943695621391310e+01, -1.51111514016986312e+01, -2.23307578892655734e-01,
        2.96460137564761618e-03, 2.37847173959480950e-03, -2.96589568540237556e-05, 4.36624404335156298e-05),
    .init(1.53796971148509165e+01, -2.59193146099879641e+01, 1.79258772950371181e-01,
        2.68067772490389322e-03, 1.62824170038242295e-03, -9.51592254519715870e-05, 5.15138902046611451e-05),
};

pub fn main(init: std.process.Init) !void {
    const bodies = try init.gpa.dupe(Body, &planets);
    offsetMomentum(bodies);
    const before = energy(bodies);
    for (0..STEPS) |_| advance(bodies, 0.01);
    try rt.print(init.io, "n-body {d:.9} {d:.9}", .{ before, energy(bodies) });
}
