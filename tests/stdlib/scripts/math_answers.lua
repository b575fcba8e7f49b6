local function try(f) print(select(2, pcall(f))) end
try(function() return math.abs("-1"), math.abs(-1/0), math.sqrt(16), math.sqrt(-1), math.exp(0), math.exp(1e10), math.exp(-1e10) end) -- expect: 1	inf	4	-nan	1	inf	0
try(function() return math.log(1), math.log(0), math.log(-1), math.log10(1000), math.log10(0), math.log10(-1), math.log(1/0) end) -- expect: 0	-inf	-nan	3	-inf	nan	inf
try(function() return math.fmod(5, 3), math.fmod(-5, 3), math.fmod(5, -3), math.fmod(5, 0), math.fmod(1/0, 2), math.fmod(5, 1/0), math.mod(7, 3) end) -- expect: 2	-2	2	-nan	-nan	5	1
try(function() return math.pow(2, 10), math.pow(-8, 1/3), math.pow(0, -1), math.pow(10, 400), math.pow(1, 0/0), math.pow(-10, 401) end) -- expect: 1024	-nan	inf	inf	1	-inf
try(function() return math.asin(1), math.asin(2), math.acos(1), math.acos(2), math.atan(1/0), math.atan2(1, -1), math.atan2(0, 0) end) -- expect: 1.5707963267949	nan	0	nan	1.5707963267949	2.3561944901923	0
try(function() return math.sin(0), math.cos(0), math.tan(0), math.sin(1/0), math.cos(-1/0), math.tan(1/0), math.tan(math.pi / 2) end) -- expect: 0	1	0	-nan	-nan	-nan	1.6331239353195e+16
try(function() return math.cosh(1e10), math.sinh(-1e10), math.sinh(1e10), math.tanh(1/0), math.tanh(-1e10), math.cosh(0) end) -- expect: inf	-inf	inf	1	-1	1
try(function() return math.modf(3.7) end) -- expect: 3	0.7
try(function() return math.modf(-3.7) end) -- expect: -3	-0.7
try(function() return math.modf(1/0) end) -- expect: inf	0
try(function() return math.modf(-1/0) end) -- expect: -inf	-0
try(function() return math.modf(0/0) end) -- expect: -nan	-nan
try(function() return math.frexp(0) end) -- expect: 0	0
try(function() return math.frexp(10) end) -- expect: 0.625	4
try(function() return math.frexp(-1e-320) end) -- expect: -0.98828125	-1063
try(function() return math.frexp(1/0) end) -- expect: inf	0
try(function() return math.ldexp(1, 5000), math.ldexp(1, -5000), math.ldexp(1, 2.9), math.ldexp(-1, 3), math.ldexp(1, -1074), math.ldexp(-1, 1e5) end) -- expect: inf	0	4	-8	4.9406564584125e-324	-inf
try(function() return math.floor(-0.5), math.ceil(-0.5), math.floor(1e300), math.ceil(1/0), math.floor(0/0), math.floor(2.5), math.ceil(2.5) end) -- expect: -1	-0	1e+300	inf	-nan	2	3
try(function() return math.max(1, 2, "3"), math.min(1, 0/0), math.min(0/0, 1), math.max(1, 0/0), math.max(0/0, 1), math.min(3, 2, 1) end) -- expect: 3	1	-nan	1	-nan	1
try(function() return math.deg(1), math.rad(180), math.deg(math.pi), math.huge, math.pi, -math.huge end) -- expect: 57.295779513082	3.1415926535898	180	inf	3.1415926535898	-inf
try(function() return math.mod == math.fmod end) -- expect: true
try(function() local nan = 0/0 return math.atan2(nan, 1), math.atan2(1, nan), math.atan2(-nan, nan), math.atan2(nan, -nan), math.atan2(-nan, 1) end) -- expect: -nan	-nan	-nan	nan	nan
