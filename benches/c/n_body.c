// Five planets for a number of steps; prints the energy before and after. After the Benchmarks Game.
#include "rt.h"

#define STEPS 1500000
#define BODIES 5

typedef struct { Float x, y, z, vx, vy, vz, mass; } Body;

static const Float PI = 3.141592653589793;
static const Float YEAR = 365.24;

static Body body(Float x, Float y, Float z, Float vx, Float vy, Float vz, Float mass) {
    Float solar = 4.0 * PI * PI;
    return (Body){ x, y, z, vx * YEAR, vy * YEAR, vz * YEAR, mass * solar };
}

static void offset_momentum(Body *bodies) {
    Float px = 0, py = 0, pz = 0;
    for (Int i = 0; i < BODIES; i++) {
        px += bodies[i].vx * bodies[i].mass;
        py += bodies[i].vy * bodies[i].mass;
        pz += bodies[i].vz * bodies[i].mass;
    }
    Float solar = 4.0 * PI * PI;
    bodies[0].vx = -px / solar;
    bodies[0].vy = -py / solar;
    bodies[0].vz = -pz / solar;
}

static Float energy(const Body *bodies) {
    Float e = 0;
    for (Int i = 0; i < BODIES; i++) {
        Body b = bodies[i];
        e += 0.5 * b.mass * (b.vx * b.vx + b.vy * b.vy + b.vz * b.vz);
        for (Int j = i + 1; j < BODIES; j++) {
            Float dx = b.x - bodies[j].x, dy = b.y - bodies[j].y, dz = b.z - bodies[j].z;
            e -= b.mass * bodies[j].mass / __builtin_sqrt(dx * dx + dy * dy + dz * dz);
        }
    }
    return e;
}

static void advance(Body *bodies, Float dt) {
    for (Int i = 0; i < BODIES; i++) {
        for (Int j = i + 1; j < BODIES; j++) {
            Float dx = bodies[i].x - bodies[j].x;
            Float dy = bodies[i].y - bodies[j].y;
            Float dz = bodies[i].z - bodies[j].z;
            Float d2 = dx * dx + dy * dy + dz * dz;
            Float mag = dt / (d2 * __builtin_sqrt(d2));
            Float mi = bodies[i].mass * mag, mj = bodies[j].mass * mag;
            bodies[i].vx -= dx * mj;
            bodies[i].vy -= dy * mj;
            bodies[i].vz -= dz * mj;
            bodies[j].vx += dx * mi;
            bodies[j].vy += dy * mi;
            bodies[j].vz += dz * mi;
        }
    }
    for (Int i = 0; i < BODIES; i++) {
        bodies[i].x += dt * bodies[i].vx;
        bodies[i].y += dt * bodies[i].vy;
        bodies[i].z += dt * bodies[i].vz;
    }
}

PROGRAM {
    Body *bodies = alloc(BODIES * sizeof(Body));
    bodies[0] = body(0, 0, 0, 0, 0, 0, 1);
    bodies[1] = body(4.84143144246472090e+00, -1.16032004402742839e+00, -1.03622044471123109e-01,
                     1.66007664274403694e-03, 7.69901118419740425e-03, -6.90460016972063023e-05, 9.54791938424326609e-04);
    bodies[2] = body(8.34336671824457987e+00, 4.12479856412430479e+00, -4.03523417114321381e-01,
                     -2.76742510726411899e-03, 4.99852801234917238e-03, 2.30417297573763929e-05, 2.85885980666130812e-04);
    bodies[3] = body(1.28943695621391310e+01, -1.51111514016986312e+01, -2.23307578892655734e-01,
                     2.96460137564761618e-03, 2.37847173959480950e-03, -2.96589568540237556e-05, 4.36624404335156298e-05);
    bodies[4] = body(1.53796971148509165e+01, -2.59193146099879641e+01, 1.79258772950371181e-01,
                     2.68067772490389322e-03, 1.62824170038242295e-03, -9.51592254519715870e-05, 5.15138902046611451e-05);
    offset_momentum(bodies);
    put_text("n-body ");
    put_fixed(energy(bodies));
    put_char(' ');
    for (Int i = 0; i < STEPS; i++) advance(bodies, 0.01);
    put_fixed(energy(bodies));
    put_line();
}
