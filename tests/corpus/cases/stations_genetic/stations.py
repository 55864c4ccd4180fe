import numpy as np
import pygad
from ortools.sat.python import cp_model

with open("district.txt") as file:
    n, m, battery, T = [int(i) for i in file.readline().strip().split()]
    build, recharge, profit = [int(i) for i in file.readline().strip().split()]
    far = np.ndarray((n, n), dtype=np.float32)
    for i in range(m):
        u, v, cost = file.readline().strip().split()
        far[int(u) - 1, int(v) - 1] = int(float(cost) * 1000)
    demand = [int(i) for i in file.readline().strip().split()]

count = 0


def _worth(x):
    global count
    count += 1
    print(f"{count} / {50 * 30}", end="\r")
    model = cp_model.CpModel()
    f = [[[model.NewIntVar(0, battery, f"f_{t}_{i}_{j}") for j in range(n)] for i in range(n)] for t in range(T)]
    held = [[model.NewIntVar(0, int(battery), f"I_{t}_{j}") for j in range(n)] for t in range(T)]
    for t in range(T):
        for j in range(n):
            model.Add(sum(f[t][i][j] for i in range(n)) <= held[t][j])
    for t in range(T):
        for i in range(n):
            for j in range(n):
                model.Add(f[t][i][j] <= x[j] * int(demand[i]))
    model.Minimize(sum(f[t][i][j] * int(far[i][j]) for i in range(n) for j in range(n) for t in range(T)))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = 10.0
    status = solver.Solve(model)
    if status == cp_model.OPTIMAL or status == cp_model.FEASIBLE:
        total = sum(solver.Value(f[t][i][j]) for t in range(T) for i in range(n) for j in range(n))
        return profit * total - build * sum(x)
    return -(10**8)


def worth(search, solution, index):
    return _worth(solution)


def told(search):
    print(f"{search.generations_completed:02d} | {search.best_solution()[1]:,.2f}")


search = pygad.GA(
    num_generations=50,
    num_parents_mating=10,
    fitness_func=worth,
    sol_per_pop=30,
    num_genes=n,
    gene_type=int,
    gene_space=[0, 1],
    on_generation=told,
)
search.run()
best, its_worth, _ = search.best_solution()
print(best, its_worth)
